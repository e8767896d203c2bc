/// Why a file cannot be used as a model: what is wrong, where, and what to do.
public struct ModelFileError: Error, Equatable, Sendable {
  /// What the model is called, as it was given.
  public var name: String
  /// Where in the file: `learner.objective.name`, `line 12`; empty if it is about the whole.
  public var place: String
  public var problem: String
  /// What to do about it.
  public var hint: String

  init(_ problem: String, at place: String = "", hint: String) {
    name = ""
    self.place = place
    self.problem = problem
    self.hint = hint
  }

  /// For what can only come of a file that is not as it was written.
  static func damaged(_ problem: String, at place: String = "") -> ModelFileError {
    ModelFileError(
      problem, at: place, hint: "the file is damaged or incomplete: save the model again")
  }
}

extension ModelFileError: CustomStringConvertible {
  public var description: String {
    [name, place, "\(problem) (\(hint))"].filter { !$0.isEmpty }.joined(separator: ": ")
  }
}
