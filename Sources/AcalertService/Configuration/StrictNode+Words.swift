import Events

/// Words that mean something outside of the file.
extension StrictNode {
  /// A path, seen from the folder of this file.
  func filePath() throws -> String {
    let path = try nonEmptyText()
    guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
    return file[...slash] + path
  }

  /// An id of a user, a device or a site.
  func id() throws -> String {
    let text = try text()
    guard (1...256).contains(text.utf8.count) else { throw error("must have 1 to 256 bytes") }
    return text
  }

  /// A class of objects, in lower case as all of them are kept.
  func className() throws -> String {
    let name = try nonEmptyText()
    guard name.utf8.count <= Vocabulary.maxNameBytes else {
      throw error("is longer than \(Vocabulary.maxNameBytes) bytes")
    }
    return name.asciiLowercased
  }

  func requireTimeZone(_ name: String) throws {
    guard ZoneOffsets.system(name) != nil else {
      throw error("\"\(name)\" is no time zone; it is named like Europe/Berlin or UTC")
    }
  }
}

extension String {
  /// As `Vocabulary` keeps names: only the case of ASCII letters does not count.
  var asciiLowercased: String {
    String(
      decoding: utf8.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 },
      as: UTF8.self)
  }
}
