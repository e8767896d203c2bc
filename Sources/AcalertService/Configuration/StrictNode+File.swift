import Foundation
import Yams

/// Whole files.
extension StrictNode {
  /// The text of a file.
  static func contents(of file: String) throws(ConfigurationError) -> String {
    guard let bytes = FileManager.default.contents(atPath: file) else {
      throw ConfigurationError(
        file: file, message: "cannot be read; does it exist, and may this user read it?")
    }
    guard let text = String(bytes: bytes, encoding: .utf8) else {
      throw ConfigurationError(file: file, message: "is not UTF-8 text")
    }
    return text
  }

  /// Hands the root of a YAML text to `read`, unless the text is empty; `file` names it in errors.
  static func read(
    _ text: String, file: String, _ read: (StrictNode) throws -> Void
  ) throws(ConfigurationError) {
    do {
      guard let root = try Yams.compose(yaml: text) else { return }
      try read(StrictNode(node: root, file: file, path: ""))
    } catch let error as ConfigurationError {
      throw error
    } catch let error as YamlError {
      throw translated(error, file: file)
    } catch {
      throw ConfigurationError(file: file, message: "\(error)")
    }
  }

  private static func translated(_ error: YamlError, file: String) -> ConfigurationError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return ConfigurationError(
        file: file, line: mark.line, column: mark.column, message: "is not YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context):
      return ConfigurationError(
        file: file, line: context.mark.line, column: context.mark.column,
        message: "given twice: \(keys.joined(separator: ", "))")
    case .reader(let problem, let offset, _, let text):
      var place: (line: Int, column: Int)?
      if let offset {
        let before = text.prefix(offset).split(
          omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        place = (before.count, (before.last?.unicodeScalars.count ?? 0) + 1)
      }
      return ConfigurationError(
        file: file, line: place?.line, column: place?.column, message: "is not YAML: \(problem)")
    default:
      return ConfigurationError(file: file, message: "is not YAML: \(error)")
    }
  }
}
