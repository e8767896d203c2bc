import Detection
import Foundation
import ModelFiles

/// Where a model comes from.
public enum ModelSource: Equatable, Sendable {
  case none
  /// The one that comes with the program.
  case standard
  /// A file, as it is opened: a path in the configuration is seen from the configuration's folder.
  case file(String)
}

/// Where the models come from that tell the falls of some wearers. Means nothing without rules for falls.
public struct FallModelSources: Equatable, Sendable {
  public var model = ModelSource.standard
  public var early = ModelSource.standard
  public var shadow = ModelSource.none

  public init() {}

  subscript(role: FallModelRole) -> ModelSource {
    get {
      switch role {
      case .model: model
      case .early: early
      case .shadow: shadow
      }
    }
    set {
      switch role {
      case .model: model = newValue
      case .early: early = newValue
      case .shadow: shadow = newValue
      }
    }
  }

  /// The models as they are now, with the thresholds of those in use.
  ///
  /// - Throws: ``ConfigurationError`` about the first file that is not good.
  func load(thresholds models: FallModels) throws(ConfigurationError) -> FallModels {
    var found = models
    for role in FallModelRole.allCases {
      guard case .file = self[role], let rules = models[role] else { continue }
      found[role] = FallModelRules(
        model: try self[role].model(as: role) ?? rules.model, threshold: rules.threshold)
    }
    return found
  }
}

/// What a model of falls is for, by its key in the configuration.
enum FallModelRole: String, CaseIterable {
  case model, early, shadow

  /// How long after the peak it is asked, in milliseconds.
  fileprivate var moment: Int64 { self == .early ? 500 : 2_000 }

  fileprivate var standard: (model: Model, threshold: Double) {
    self == .early
      ? (StandardModels.possibleFall, StandardModels.possibleFallThreshold)
      : (StandardModels.fall, StandardModels.fallThreshold)
  }
}

extension ModelSource {
  /// The model, read from its file if it has one; `nil` if there is none.
  ///
  /// - Throws: ``ConfigurationError`` if the file cannot be read, is no model that can be used, or asks for
  ///   what is not measured, or not by then.
  func model(as role: FallModelRole) throws(ConfigurationError) -> Model? {
    switch self {
    case .none: return nil
    case .standard: return role.standard.model
    case .file(let path):
      guard let bytes = FileManager.default.contents(atPath: path) else {
        throw ConfigurationError(
          file: path, message: "cannot be read; does it exist, and may this user read it?")
      }
      let model: Model
      do {
        model = try Model(file: [UInt8](bytes), name: String(path.split(separator: "/").last ?? ""))
      } catch {
        throw ConfigurationError(file: path, message: error.message)
      }
      if let problem = role.problem(with: model) {
        throw ConfigurationError(file: path, message: problem)
      }
      return model
    }
  }

  /// The probability from which on a model finds a fall, if the configuration does not say.
  func usualThreshold(as role: FallModelRole) -> Double {
    self == .standard ? role.standard.threshold : 0.5
  }
}

extension ModelFileError {
  /// Without the file's name.
  fileprivate var message: String {
    [place, "\(problem) (\(hint))"].filter { !$0.isEmpty }.joined(separator: ": ")
  }
}

extension FallModelRole {
  /// Why a model cannot be asked in this role.
  fileprivate func problem(with model: Model) -> String? {
    guard !model.features.isEmpty else { return "asks for no feature at all" }
    for name in model.features {
      guard let feature = FallFeature(rawValue: name) else {
        return "asks for the feature \"\(name)\", which is not measured; those that are: "
          + FallFeature.allCases.map(\.name).joined(separator: ", ")
      }
      guard feature.delay <= moment else {
        return
          "asks for the feature \"\(name)\", which is known \(feature.delay) ms after the peak; "
          + "\(rawValue) is asked \(moment) ms after it"
      }
    }
    return nil
  }
}

extension FallModels {
  subscript(role: FallModelRole) -> FallModelRules? {
    get {
      switch role {
      case .model: model
      case .early: early
      case .shadow: shadow
      }
    }
    set {
      switch role {
      case .model: model = newValue
      case .early: early = newValue
      case .shadow: shadow = newValue
      }
    }
  }
}
