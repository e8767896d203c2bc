import Events
import Foundation
import Kafka
import Store
import Testing

@testable import AcalertService

struct DocumentationTests {
  /// The rows of all tables of a document, as the texts of their cells.
  private static func rows(_ document: String) throws -> [[String]] {
    try Repository.text(document).split(separator: "\n").filter { $0.hasPrefix("|") }.map { line in
      line.dropFirst().dropLast().components(separatedBy: "|")
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  /// What a cell holds between its first two back quotes, if it begins with one.
  private static func code(_ cell: String) -> String? {
    cell.wholeMatch(of: /`([^`]*)`.*/).map { String($0.1) }
  }

  private static func codes(_ cell: String) -> [String] {
    cell.matches(of: /`([^`]*)`/).map { String($0.1) }
  }

  // MARK: CONFIGURATION.md

  private static func settings() throws -> [(key: String, default: String?)] {
    try rows("docs/CONFIGURATION.md").compactMap { cells in
      guard cells.count == 4, let key = code(cells[0]) else { return nil }
      return (key, code(cells[2]))
    }
  }

  @Test func keysDocumentedAreThoseThatTheReaderKnows() throws {
    let documented = try Self.settings().map(\.key)
    #expect(Set(documented).count == documented.count)
    #expect(Set(documented).subtracting(KnownKeys.leaves) == [])
    #expect(KnownKeys.leaves.subtracting(KnownKeys.repeated).subtracting(documented) == [])
    #expect(!KnownKeys.repeated.isEmpty)
    #expect(KnownKeys.leaves.count > 40)
  }

  @Test func defaultsDocumentedAreTheDefaults() throws {
    for (key, value) in try Self.settings() {
      guard let value else { continue }
      for (keys, type) in [(KnownKeys.samples, "samples"), (KnownKeys.camera, "camera")]
      where keys.contains(key) && (type == "samples" || key.hasPrefix("streams[]"))
        // These have another default in a camera stream.
        && !(type == "camera" && ["streams[].kind", "streams[].type"].contains(key))
      {
        // A detector is there once it is named.
        let detector = key.split(separator: ".").dropFirst().prefix { _ in
          key.hasPrefix("streams[].detectors.")
        }
        let named = detector.isEmpty ? "" : ", detectors: {\(detector[2]): {}}"
        let plain =
          "{streams: [{name: accelerometer, topics: accelerometer, type: \(type)\(named)}]}"
        #expect(
          try Configuration(text: Self.document(key, type, value), file: key)
            == Configuration(text: plain, file: key), "\(key) of \(type)")
      }
    }
  }

  @Test func keysWithoutADefaultAreThoseThatHaveNone() throws {
    let without = try Self.settings().filter { $0.default == nil }.map(\.key).filter { key in
      !["deviceLimits[]", "overrides[]", "defaults", "frame", "limits"].contains {
        key.hasPrefix("streams[].\($0).")
      }
    }
    #expect(
      Set(without) == [
        "streams[].name", "streams[].topics", "streams[].label", "streams[].rules",
        "streams[].labels", "alerts.file",
      ])
  }

  /// A configuration that sets one key only, of a stream of this type.
  private static func document(_ path: String, _ type: String, _ value: String) -> String {
    let needed =
      "name: accelerometer, topics: accelerometer"
      // Named once.
      + (path == "streams[].type" ? "" : ", type: \(type)")
    // `bootstrap.servers` is one key.
    let keys = path.replacing("bootstrap.servers", with: "bootstrap/servers").split(separator: ".")
    return keys.reversed().reduce(value) { inner, key in
      key.hasSuffix("[]")
        ? "{\(key.dropLast(2)): [{\(needed), \(inner.dropFirst())]}"
        : "{\(key.replacing("/", with: ".")): \(inner)}"
    }
  }

  @Test func examplesCanBeUsed() throws {
    for document in ["docs/CONFIGURATION.md"] {
      let examples = try Repository.text(document).matches(of: /```yaml\n((?:.|\n)*?)```/)
      #expect(examples.count == 9)
      for example in examples {
        _ = try Configuration(text: String(example.1), file: document)
      }
    }
  }

  @Test func propertiesOfKafkaAreDocumented() throws {
    let rows = try Self.rows("docs/CONFIGURATION.md")
    let defaults = rows.filter { $0.count == 3 && Self.code($0[0]) != nil }
    func documented(_ client: String) -> [String: String] {
      Dictionary(
        defaults.filter { $0[1] == client }.map {
          (Self.code($0[0]) ?? "", Self.code($0[2]) ?? "")
        }, uniquingKeysWith: { first, _ in first })
    }
    #expect(documented("consumer") == ConsumerConfiguration.defaults)
    #expect(documented("producer") == ProducerConfiguration.defaults)

    let reserved = rows.filter { $0.count == 2 }.flatMap { Self.codes($0[0]) }
    #expect(Set(reserved) == Set(ConsumerConfiguration.reservedProperties.keys))
    #expect(ProducerConfiguration.reservedProperties.subtracting(reserved) == [])
  }

  // MARK: EVENTS.md

  @Test func everyReasonIsDocumented() throws {
    let rows = try Self.rows("docs/EVENTS.md").filter { $0.count == 3 }
    let documented = rows.drop { $0[0] != "reason" }.dropFirst(2).compactMap { Self.code($0[0]) }
    #expect(Set(documented) == Set(InvalidReason.allCases.map(\.rawValue)))
    #expect(documented.count == InvalidReason.allCases.count)
  }

  @Test func everyFieldIsDocumentedWithItsNames() throws {
    let rows = try Self.rows("docs/EVENTS.md").filter { $0.count == 3 }
    let names = RecordFieldNames()
    for field in RecordField.allCases {
      let row = try #require(rows.first { Self.codes($0[0]).contains(field.name) }, "\(field)")
      #expect(names[field].allSatisfy(Self.codes(row[1]).contains), "\(field)")
    }
  }

  @Test func recordsShownAreValid() throws {
    let examples = try Repository.text("docs/EVENTS.md").matches(of: /```json\n((?:.|\n)*?)```/)
    let records = examples.flatMap { $0.1.split(separator: "\n") }
    #expect(records.count == 5)
    let decoder = RecordDecoder()
    for record in records {
      try Array(record.utf8).withUnsafeBytes { try decoder.decode($0, arrival: -1) }
    }
  }

  @Test func everyDeadLetterHeaderIsDocumented() throws {
    let headers = DeadLetterPublisher.headers(
      topic: "t", partition: 1, offset: 2, reason: "not_json", detail: "")
    let rows = try Self.rows("docs/EVENTS.md").filter { $0.count == 2 }
    let documented = rows.drop { $0[0] != "header" }.dropFirst(2).compactMap { Self.code($0[0]) }
    #expect(documented == headers.map(\.name))
    for (row, header) in zip(rows.drop { $0[0] != "header" }.dropFirst(2), headers) {
      guard let value = Self.code(row[1]) else { continue }
      #expect(header.value == Array(value.utf8), "\(header.name)")
    }
  }
}
