import Alerting
import Foundation

extension AlertsFile {
  /// What a file of alerts refers to outside of itself.
  public struct Surroundings: Sendable {
    /// A variable of the environment, if it is set.
    public var environment: @Sendable (_ name: String) -> String?
    /// The first so many bytes of a file, if it can be read.
    public var contents: @Sendable (_ file: String, _ limit: Int) -> [UInt8]?
    /// Where a program is: given its path, or a name that is looked up in `PATH`.
    public var program: @Sendable (_ name: String) -> String?

    public init(
      environment: @escaping @Sendable (_ name: String) -> String?,
      contents: @escaping @Sendable (_ file: String, _ limit: Int) -> [UInt8]?,
      program: @escaping @Sendable (_ name: String) -> String?
    ) {
      self.environment = environment
      self.contents = contents
      self.program = program
    }

    /// Those of this process.
    public static let system = Surroundings(
      environment: { ProcessInfo.processInfo.environment[$0] },
      contents: { file, limit in
        guard let handle = FileHandle(forReadingAtPath: file) else { return nil }
        defer { try? handle.close() }
        do { return [UInt8](try handle.read(upToCount: limit) ?? Data()) } catch { return nil }
      },
      program: { name in
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        let places =
          name.contains("/") ? [name] : path.split(separator: ":").map { "\($0)/\(name)" }
        return places.first { place in
          var isFolder: ObjCBool = false
          return FileManager.default.fileExists(atPath: place, isDirectory: &isFolder)
            && !isFolder.boolValue && FileManager.default.isExecutableFile(atPath: place)
        }
      })

    /// Everything is there, and has a value that tells nothing: to look at a file of alerts where its
    /// secrets are not.
    public static let imagined = Surroundings(
      environment: { _ in "https://imagined.invalid" },
      contents: { _, _ in Array("https://imagined.invalid".utf8) },
      program: { $0 })
  }
}

/// Secrets and other things that lie elsewhere.
extension StrictNode {
  /// More is no password.
  private static var maxSecretBytes: Int { 8_192 }

  /// `{file: PATH}` or `{env: NAME}`: one line of text that must not stand in the file itself.
  func secret(_ surroundings: AlertsFile.Surroundings) throws -> Secret {
    guard case .mapping(let places) = node else {
      throw error(
        "is a secret, and must not stand in this file: put it into a file of its own and write "
          + "{file: PATH}, or into the environment and write {env: NAME}")
    }
    // A key that is unknown is not shown: in braces the secret itself would be one.
    if let place = places.first(where: { !["file", "env"].contains($0.key.string ?? "") })?.key {
      throw StrictNode(node: place, file: file, path: path).error("is neither file nor env")
    }
    var found: [Secret] = []
    try mapping([
      "file": { found.append(try $0.secretInFile(surroundings)) },
      "env": { found.append(try $0.secretInEnvironment(surroundings)) },
    ])
    guard found.count == 1 else {
      throw error("needs one of file and env: where the secret is")
    }
    return found[0]
  }

  private func secretInFile(_ surroundings: AlertsFile.Surroundings) throws -> Secret {
    let path = try filePath()
    guard let bytes = surroundings.contents(path, Self.maxSecretBytes + 1) else {
      throw error("\(path) cannot be read; does it exist, and may this user read it?")
    }
    guard bytes.count <= Self.maxSecretBytes else {
      throw error("\(path) has more than \(Self.maxSecretBytes) bytes: that is no secret")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw error("\(path) is not UTF-8 text")
    }
    return try secret(text, in: path)
  }

  private func secretInEnvironment(_ surroundings: AlertsFile.Surroundings) throws -> Secret {
    let name = try nonEmptyText()
    guard let text = surroundings.environment(name) else {
      throw error("the environment has no \(name): set it where the service is started")
    }
    return try secret(text, in: name)
  }

  /// Editors and `echo` end a file with a line break; within a secret, one would begin another header.
  private func secret(_ text: String, in place: String) throws -> Secret {
    var line = text.unicodeScalars[...]
    if line.last == "\n" { line.removeLast() }
    if line.last == "\r" { line.removeLast() }
    guard !line.isEmpty else { throw error("\(place) is empty") }
    guard !line.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) else {
      throw error("\(place) has more than one line, or control characters: a secret is one line")
    }
    return Secret(String(line))
  }

  /// The path of a file that can be read.
  func readableFile(_ surroundings: AlertsFile.Surroundings) throws -> String {
    let path = try filePath()
    guard surroundings.contents(path, 1)?.isEmpty == false else {
      throw error(
        "\(path) cannot be read, or is empty; does it exist, and may this user read it?")
    }
    return path
  }

  /// A program and its arguments. A path is seen from the file's folder; a name without a slash is looked
  /// up in `PATH`.
  func program(_ surroundings: AlertsFile.Surroundings) throws -> [String] {
    let items = try items()
    guard let first = items.first else { throw error("must name a program") }
    let name = try first.nonEmptyText()
    guard let path = surroundings.program(name.contains("/") ? try first.filePath() : name) else {
      throw first.error("there is no program \"\(name)\" that this user may run")
    }
    return try [path] + items.dropFirst().map { try $0.text() }
  }
}
