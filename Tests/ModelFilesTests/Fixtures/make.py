"""Makes the fixtures of ModelFilesTests: tiny models, rows, and the probabilities that Python finds.

    python make.py xgboost FILE [booster]     one model by the xgboost that is installed
    python make.py others                     the models of LightGBM and scikit-learn

A model NAME.json or NAME.txt has its rows in NAME.rows.json: {"rows": [[…]], "probabilities": […]}, with
null for NaN. The ones here were made by XGBoost 1.4.2, 1.7.6, 2.1.4 and 3.2.0, LightGBM 3.3.5 and 4.6.0, and
scikit-learn 1.7.2.
"""
import json
import pathlib
import sys

import numpy as np

FEATURES = ["peak", "rest std", "turn", "impulse", "jerk"]


def data(count=400, seed=7):
    """Values on coarse grids, so that many are equal to a threshold; NaN in two columns, zeros in one."""
    random = np.random.default_rng(seed)
    x = np.round(random.normal(size=(count, len(FEATURES))) * 2, 1)
    x[:, 3] = np.where(random.random(count) < 0.4, 0, x[:, 3])
    label = (x[:, 0] + x[:, 1] * x[:, 2] / 3 + x[:, 3] + random.normal(size=count) > 0.5).astype(int)
    for column in (1, 4):
        x[random.random(count) < 0.15, column] = np.nan
    return x, label


def asked():
    """Rows to ask about: such as in training, with more missing, and with odd values."""
    x, _ = data(120, seed=8)
    x[60:][np.random.default_rng(9).random((60, len(FEATURES))) < 0.4] = np.nan
    x[0], x[1], x[2], x[3] = np.nan, 0, 1e30, -1e-36
    x[4:20] += 0.049999999
    return x


def save(name, x, probabilities):
    rows = [[None if np.isnan(v) else float(v) for v in row] for row in x]
    text = {"rows": rows, "probabilities": [float(p) for p in probabilities]}
    pathlib.Path(name).with_suffix(".rows.json").write_text(json.dumps(text) + "\n")


def xgboost(name, booster="gbtree"):
    import xgboost as xgb

    x, label = data()
    parameters = {"objective": "binary:logistic", "max_depth": 3, "eta": 0.5, "booster": booster}
    if booster == "dart":
        parameters |= {"rate_drop": 0.5, "max_depth": 2}
    model = xgb.train(parameters, xgb.DMatrix(x, label=label, feature_names=FEATURES), 4)
    model.save_model(name)
    save(name, asked(), model.predict(xgb.DMatrix(asked(), feature_names=FEATURES)))


def lightgbm(name, **parameters):
    import lightgbm as lgb

    x, label = data()
    names = [name.replace(" ", "_") for name in FEATURES]
    parameters = {
        "objective": "binary", "num_leaves": 7, "learning_rate": 0.3, "verbose": -1, "num_threads": 1,
    } | parameters
    model = lgb.train(parameters, lgb.Dataset(x, label=label, feature_name=names), 4)
    model.save_model(name)
    save(name, asked(), model.predict(asked()))


def linear(name):
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    x, label = data()
    scaler = StandardScaler().fit(x)
    model = LogisticRegression().fit(np.nan_to_num(scaler.transform(x)), label)
    file = {
        "format": "acalert-linear/1", "features": FEATURES, "intercept": model.intercept_[0],
        "coefficients": list(model.coef_[0]), "means": list(scaler.mean_), "scales": list(scaler.scale_),
    }
    pathlib.Path(name).write_text(json.dumps(file) + "\n")
    x = asked()
    x[2] = 100
    save(name, x, model.predict_proba(np.nan_to_num(scaler.transform(x)))[:, 1])


if sys.argv[1] == "xgboost":
    xgboost(*sys.argv[2:])
else:
    lightgbm("lightgbm-4.6.txt")
    lightgbm("lightgbm-4.6-zeros.txt", zero_as_missing=True)
    lightgbm("lightgbm-4.6-forest.txt", boosting="rf", bagging_freq=1, bagging_fraction=0.6)
    lightgbm("lightgbm-4.6-dart.txt", boosting="dart", drop_rate=0.5, sigmoid=1.5)
    linear("linear.json")
