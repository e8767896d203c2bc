#!/usr/bin/env python3
"""Trains a model of falls on the table that `acalert features` writes. docs/MODELS.md walks through it.

    python training/walkthrough.py features.csv --out model.json

Says how good the model is on users whom it has not seen, which threshold that takes, and what to put into
the configuration. --library lightgbm and --library linear train other kinds of models.
"""
import argparse
import json

import numpy as np
import pandas as pd

KEYS = ["trial", "user", "group", "activity", "label", "time_ms"]


def read(path, first=None):
    """The candidates whose label is known: the table, the values of the features, the labels."""
    table = pd.read_csv(path, dtype={"trial": str, "user": str, "label": float})
    table = table[table["label"].notna()].reset_index(drop=True)
    names = [name for name in table.columns if name not in KEYS][:first]
    return table, table[names].astype(float), table["label"].astype(int)


def folds(users, count=5, seed=1):
    """For every candidate the number of its fold. All of a user's are in one: people fall in ways of their
    own, and a model that has met somebody before looks better than it is."""
    names = np.random.default_rng(seed).permutation(sorted(users.unique()))
    if len(names) < 2:
        raise SystemExit("the table has one user; it takes two at least to judge a model")
    return users.map({name: place % min(count, len(names)) for place, name in enumerate(names)})


class XGBoost:
    def __init__(self, x, label):
        import xgboost

        self.matrix = xgboost.DMatrix
        settings = {"objective": "binary:logistic", "max_depth": 3, "eta": 0.1, "subsample": 0.8, "seed": 1}
        self.booster = xgboost.train(settings, xgboost.DMatrix(x, label=label), num_boost_round=100)

    def probabilities(self, x):
        return self.booster.predict(self.matrix(x))

    def save(self, path):
        self.booster.save_model(path)  # its name must end in .json


class LightGBM:
    def __init__(self, x, label):
        import lightgbm

        settings = {"objective": "binary", "num_leaves": 15, "learning_rate": 0.1, "seed": 1, "verbose": -1}
        self.booster = lightgbm.train(settings, lightgbm.Dataset(x, label=label), num_boost_round=100)

    def probabilities(self, x):
        return self.booster.predict(x)

    def save(self, path):
        self.booster.save_model(path)


class Linear:
    def __init__(self, x, label):
        from sklearn.linear_model import LogisticRegression
        from sklearn.preprocessing import StandardScaler

        self.names = list(x.columns)
        self.scaler = StandardScaler().fit(x)
        self.regression = LogisticRegression(max_iter=1000).fit(self.scaled(x), label)

    def scaled(self, x):
        # What is missing becomes the mean, which is 0 once scaled. acalert does the same.
        return np.nan_to_num(self.scaler.transform(x))

    def probabilities(self, x):
        return self.regression.predict_proba(self.scaled(x))[:, 1]

    def save(self, path):
        with open(path, "w") as file:
            json.dump(
                {
                    "format": "acalert-linear/1",
                    "features": self.names,
                    "intercept": float(self.regression.intercept_[0]),
                    "coefficients": self.regression.coef_[0].tolist(),
                    "means": self.scaler.mean_.tolist(),
                    "scales": self.scaler.scale_.tolist(),
                },
                file,
            )


LIBRARIES = {"xgboost": XGBoost, "lightgbm": LightGBM, "linear": Linear}


def unseen(library, x, label, fold):
    """The probability of every candidate by a model that was trained without its user."""
    probabilities = np.zeros(len(x))
    for number in fold.unique():
        here = fold == number
        probabilities[here] = library(x[~here], label[~here]).probabilities(x[here])
    return probabilities


def by_trial(table, label, probabilities):
    """The highest probability in each trial: of its fall, or of anything if it has none."""
    rows = table[["user", "trial"]].assign(label=label, p=probabilities)
    falls = rows[rows.label == 1].groupby(["user", "trial"]).p.max()
    quiet = rows[~rows.set_index(["user", "trial"]).index.isin(falls.index)]
    return falls, quiet.groupby(["user", "trial"]).p.max()


def threshold_for(quiet, share):
    """The lowest threshold that at most this share of the quiet trials reaches."""
    ordered = np.sort(quiet)[::-1]
    place = int(share * len(ordered))
    return 0.5 if place >= len(ordered) else min(float(np.floor(ordered[place] * 1000 + 1) / 1000), 1.0)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("table", help="features.csv")
    arguments.add_argument("--out", required=True, help="model.json, or model.txt for LightGBM")
    arguments.add_argument("--library", choices=LIBRARIES, default="xgboost")
    arguments.add_argument("--first", type=int, help="take the first so many features only")
    arguments.add_argument("--false-alarms", type=float, default=0.01, help="share of quiet trials")
    arguments.add_argument("--probabilities", help="write those of the final model, one a line")
    options = arguments.parse_args()

    table, x, label = read(options.table, options.first)
    library = LIBRARIES[options.library]
    fold = folds(table["user"])
    probabilities = unseen(library, x, label, fold)
    falls, quiet = by_trial(table, label, probabilities)
    best = threshold_for(quiet, options.false_alarms)
    print(f"{len(x)} candidates of {table.user.nunique()} users, {len(x.columns)} features")
    print("threshold  falls found  quiet trials with an alarm")
    for threshold in sorted({0.2, 0.5, 0.8, best}):
        print(
            f"{threshold:9.3f}  {(falls >= threshold).mean():10.1%}  {(quiet >= threshold).mean():10.1%}"
            + ("   <- at most the share asked for" if threshold == best else "")
        )

    model = library(x, label)  # on everybody
    model.save(options.out)
    if options.probabilities:
        np.savetxt(options.probabilities, model.probabilities(x), fmt="%.17g")
    print(f"\nshadow: {{file: {options.out}, threshold: {best:.3f}}}")


if __name__ == "__main__":
    main()
