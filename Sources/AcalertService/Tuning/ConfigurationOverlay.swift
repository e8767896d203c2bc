import Backtesting
import Foundation
import Yams

/// A configuration of which some values of one stream are set anew, all else staying as it is.
///
/// What comes out is text, and is read by the same code as any configuration: whatever the service would
/// refuse is refused here.
struct ConfigurationOverlay {
  /// The configuration as it is, and the place of the stream in it.
  let configuration: Configuration
  let stream: Int
  let file: String
  /// With a stream to set values in, even if the configuration names none.
  private let text: String
  private let root: Node

  /// Keys whose value may be a path, seen from the configuration's folder.
  private static let pathKeys: Set<String> = ["file", "rules"]

  /// - Parameters:
  ///   - file: names the text in errors; paths in it are seen from its folder.
  ///   - name: the stream; the first one of samples, if nil.
  init(text: String, file: String, stream name: String? = nil) throws(ConfigurationError) {
    configuration = try Configuration(text: text, file: file)
    let streams = configuration.streams
    guard
      let place = name.map({ name in streams.firstIndex { $0.name == name } })
        ?? streams.firstIndex(where: { $0.camera == nil })
    else {
      let names = streams.map(\.name).joined(separator: ", ")
      throw ConfigurationError(
        file: file,
        message: name.map { "has no stream \"\($0)\"; there are: \(names)" }
          ?? "has no stream of samples")
    }
    guard streams[place].camera == nil else {
      throw ConfigurationError(
        file: file, message: "stream \"\(streams[place].name)\" is of cameras: it has rules to test"
      )
    }
    self.file = file
    stream = place
    (self.text, root) = try Self.withStreams(text, configuration, file)
  }

  /// Names the stream that a configuration without `streams` has.
  private static func withStreams(
    _ text: String, _ configuration: Configuration, _ file: String
  ) throws(ConfigurationError) -> (String, Node) {
    let root = (try? Yams.compose(yaml: text)) ?? nil
    if let root, root.node(at: [.key("streams")]) != nil { return (text, root) }
    let named = configuration.streams.map { stream in
      "  - name: \(stream.name)\n    topics: [\(stream.topics.joined(separator: ", "))]\n"
    }
    let whole =
      (text.isEmpty || text.hasSuffix("\n") ? text : text + "\n") + "streams:\n" + named.joined()
    guard let found = try? Yams.compose(yaml: whole),
      (try? Configuration(text: whole, file: file)) == configuration
    else {
      throw ConfigurationError(file: file, message: "must name its streams, to be tuned")
    }
    return (whole, found)
  }

  /// The configuration with these parameters.
  ///
  /// - Throws: what is wrong with them, in the words of the configuration's reader.
  func configuration(with set: ParameterSet) throws(ConfigurationError) -> Configuration {
    do throws(ConfigurationError) {
      return try Configuration(text: serialized(edits(set)), file: file)
    } catch {
      // The line would be that of a text that nobody has seen.
      throw ConfigurationError(file: file, message: "with \(set): \(error.message)")
    }
  }

  /// The stream with these parameters.
  func settings(with set: ParameterSet) throws(ConfigurationError) -> StreamSettings {
    try configuration(with: set).streams[stream]
  }

  /// The value at a path in the stream, as it is written; nil if it is not.
  func written(_ path: String) -> String? {
    guard let path = YAMLPath(path), case .scalar(let scalar)? = root.node(at: (base + path).steps)
    else { return nil }
    return scalar.string
  }

  /// The text of the configuration with these parameters, for a file in another folder too: what is said
  /// from the folder of this one is then said from the root.
  func text(with set: ParameterSet, for target: String) throws(ConfigurationError) -> String {
    var edits = try edits(set)
    edits += pathEdits(try edited(edits), for: target)
    let plain = try serialized(edits)
    // Now that all paths begin at the root, both folders must make the same of it.
    let wanted = try Configuration(text: plain, file: file)
    guard (try? Configuration(text: plain, file: target)) == wanted else {
      throw ConfigurationError(
        file: file,
        message: "names a file by a path that would not lead there from the folder of \(target): "
          + "write the result into the folder of the configuration")
    }
    // As it was written, with its comments, if that says the same.
    var kept = YAMLText(text)
    for edit in edits where !kept.apply(edit) { return plain }
    return (try? Configuration(text: kept.text, file: target)) == wanted ? kept.text : plain
  }

  private var base: YAMLPath { YAMLPath([.key("streams"), .item(stream)]) }

  private func edits(_ set: ParameterSet) throws(ConfigurationError) -> [YAMLEdit] {
    var edits: [YAMLEdit] = []
    for setting in set.settings {
      guard let path = YAMLPath(setting.path) else {
        throw ConfigurationError(
          file: file, message: "\"\(setting.path)\" is no path of keys like zscore.k")
      }
      edits.append(YAMLEdit(path: base + path, value: setting.value))
    }
    return edits
  }

  /// Paths from this configuration's folder become paths from the root, if the target is elsewhere.
  private func pathEdits(_ node: Node, for target: String) -> [YAMLEdit] {
    let folder = URL(fileURLWithPath: file).standardizedFileURL.deletingLastPathComponent()
    let other = URL(fileURLWithPath: target).standardizedFileURL.deletingLastPathComponent()
    if folder == other { return [] }
    return Self.relativePaths(in: node).map { path, text in
      YAMLEdit(path: path, value: folder.appendingPathComponent(text).standardizedFileURL.path)
    }
  }

  /// Where files are named by a path from the configuration's folder.
  static func relativePaths(in node: Node) -> [(path: YAMLPath, text: String)] {
    node.leaves().filter { path, text in
      guard case .key(let key)? = path.steps.last, pathKeys.contains(key) else { return false }
      // Of a model of falls these two words are no paths.
      let isWord = path.steps.contains(.key("falls")) && ["none", "standard"].contains(text)
      return !isWord && !text.isEmpty && !text.hasPrefix("/")
    }
  }

  private func edited(_ edits: [YAMLEdit]) throws(ConfigurationError) -> Node {
    var node = root
    for edit in edits {
      if let fault = node.set(edit.path.steps[...], to: edit.value) {
        throw ConfigurationError(file: file, message: "\(edit.path): cannot be set: it \(fault)")
      }
    }
    return node
  }

  private func serialized(_ edits: [YAMLEdit]) throws(ConfigurationError) -> String {
    let node = try edited(edits)
    do {
      return try Yams.serialize(node: node, width: -1, allowUnicode: true)
    } catch {
      throw ConfigurationError(file: file, message: "cannot be written as YAML: \(error)")
    }
  }
}
