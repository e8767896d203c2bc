import Events

/// Turns the lines of a CSV file into records of the wire format, value by value as text, so that
/// decimals keep their digits.
///
/// The first line names the columns. A column that bears one of the JSON names of a field in the
/// stream's configuration (`user`, `ts`, `acc`, `x`, …) is that field; others are mapped with `rename`
/// or left unread. Values may be quoted as RFC 4180 says, but may not hold line ends. A value of no
/// characters is an absent field, unless it is quoted.
public struct CSVRecords {
  /// A header that cannot be used.
  public struct HeaderError: Error, CustomStringConvertible {
    public var description: String
  }

  /// A line that breaks the rules of CSV, or has another number of values than the header.
  public struct LineError: Error, Equatable, CustomStringConvertible {
    public var description: String
  }

  /// The name by which `rename` leaves a column unread.
  public static let unread = "-"

  /// For each column the JSON name, with its quotes and colon; nil for one that is not read.
  private let names: [[UInt8]?]
  /// What every record begins with.
  private let prelude: [UInt8]

  /// - Parameters:
  ///   - header: the file's first line.
  ///   - names: the JSON names that the stream reads.
  ///   - rename: field by column name: a JSON name, the field's name in the configuration, or `-`.
  ///   - constants: fields that the file lacks, e.g. `user`, with the value that all records get.
  /// - Throws: ``HeaderError`` if a column or a field named is not there, if two columns are the same
  ///   field, or if no column is a field.
  public init(
    header: UnsafeRawBufferPointer, names: RecordFieldNames, rename: [String: String],
    constants: [(name: String, value: String)] = []
  ) throws(HeaderError) {
    let columns: [String]
    do {
      columns = try Self.split(header).map { String(decoding: $0.bytes, as: UTF8.self) }
    } catch {
      throw HeaderError(description: "the header is not CSV: \(error)")
    }
    for column in rename.keys.sorted() where !columns.contains(column) {
      throw HeaderError(
        description: "there is no column \"\(column)\"; the file has "
          + columns.joined(separator: ", "))
    }
    var owners: [RecordField: String] = [:]
    func claim(_ field: RecordField, _ owner: String) throws(HeaderError) {
      if let other = owners.updateValue(owner, forKey: field) {
        throw HeaderError(
          description: "\(other) and \(owner) are both the field \"\(field.name)\"; "
            + "leave a column unread with --map COLUMN=\(Self.unread)")
      }
    }
    var prelude: [UInt8] = [UInt8(ascii: "{")]
    for (name, value) in constants {
      guard let (field, json) = Self.field(name, in: names) else {
        throw Self.unknown(name, in: names)
      }
      try claim(field, "--set \(name)")
      if prelude.count > 1 { prelude.append(UInt8(ascii: ",")) }
      prelude += Self.key(json)
      Self.append(quoted: Array(value.utf8), to: &prelude)
    }
    var keys: [[UInt8]?] = []
    for column in columns {
      let name = rename[column]
      guard name != Self.unread, let (field, json) = Self.field(name ?? column, in: names) else {
        if let name, name != Self.unread { throw Self.unknown(name, in: names) }
        keys.append(nil)
        continue
      }
      try claim(field, "column \"\(column)\"")
      keys.append(Self.key(json))
    }
    guard keys.contains(where: { $0 != nil }) else {
      throw HeaderError(
        description: "no column bears the name of a field (\(Self.all(names))); "
          + "name them with --map COLUMN=FIELD")
    }
    self.names = keys
    self.prelude = prelude
  }

  /// One line as a JSON record.
  ///
  /// - Throws: ``LineError`` for a line that has not a value for each column.
  public func record(_ line: UnsafeRawBufferPointer) throws(LineError) -> [UInt8] {
    let values = try Self.split(line)
    guard values.count == names.count else {
      throw LineError(description: "\(values.count) values for \(names.count) columns")
    }
    var json = prelude
    for (key, value) in zip(names, values) {
      guard let key, value.isQuoted || !value.bytes.isEmpty else { continue }
      if json.count > 1 { json.append(UInt8(ascii: ",")) }
      json += key
      Self.append(quoted: value.bytes, to: &json)
    }
    json.append(UInt8(ascii: "}"))
    return json
  }

  // MARK: Names

  /// The field that a name means, and a JSON name of it: what the name is itself, or the field's first.
  private static func field(
    _ name: String, in names: RecordFieldNames
  ) -> (RecordField, json: String)? {
    if let field = RecordField.allCases.first(where: { names[$0].contains(name) }) {
      return (field, name)
    }
    guard let field = RecordField.allCases.first(where: { $0.name == name }),
      let json = names[field].first
    else { return nil }
    return (field, json)
  }

  private static func unknown(_ name: String, in names: RecordFieldNames) -> HeaderError {
    HeaderError(description: "there is no field \"\(name)\"; there are \(all(names))")
  }

  private static func all(_ names: RecordFieldNames) -> String {
    RecordField.allCases.flatMap { names[$0] }.sorted().joined(separator: ", ")
  }

  private static func key(_ name: String) -> [UInt8] {
    var key: [UInt8] = []
    append(quoted: Array(name.utf8), to: &key)
    key.append(UInt8(ascii: ":"))
    return key
  }

  private static func append(quoted text: [UInt8], to json: inout [UInt8]) {
    json.append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): json += [UInt8(ascii: "\\"), byte]
      case 0..<0x20: json += Array("\\u00".utf8) + [hex(byte >> 4), hex(byte & 15)]
      default: json.append(byte)
      }
    }
    json.append(UInt8(ascii: "\""))
  }

  private static func hex(_ digit: UInt8) -> UInt8 {
    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
  }
}
