import Detection
import Events

@testable import Store

/// A model that finds everything certain.
func model(_ hash: String, name: String = "fall.json") -> Model {
  Model(hash: hash, name: name, kind: "100 boosted trees", features: ["peak"]) { _ in 1 }
}

func score(
  _ role: FallScore.Role, _ model: String, _ probability: Double, isFall: Bool? = nil
) -> FallScore {
  FallScore(
    role: role, model: model, probability: probability, threshold: 0.5,
    isFall: isFall ?? (probability >= 0.5))
}

/// A candidate of which an active model and, if given, a shadow say something.
func candidate(
  _ subject: UInt32 = 0, at time: Int64 = moment, _ outcome: FallCandidate.Outcome = .none,
  active: Double = 0.2, shadow: Double? = nil, offset: Int64 = 7
) -> FallCandidate {
  FallCandidate(
    subject: subject, time: time, decided: time + 2_000, peak: 3.2, outcome: outcome,
    scores: [score(.active, "aa", active)] + (shadow.map { [score(.shadow, "bb", $0)] } ?? []),
    features: featureValues, origin: RecordOrigin(partition: 0, offset: offset))
}

/// 1, 2, 3, …, as many as there are features.
let featureValues = FallFeature.allCases.indices.map { Double($0 + 1) }

/// An alert of somebody who fell, as its desk would open it two seconds after the peak.
func fallAlert(_ id: Int64, of subject: UInt32 = 0, peak: Int64 = moment) -> Alert {
  var alert = alert(id, of: subject, .fall, .danger, opened: peak + 2_500)
  alert.began = peak + 2_000
  return alert
}
