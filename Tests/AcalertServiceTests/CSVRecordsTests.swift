import Events
import Foundation
import Testing

@testable import AcalertService

struct CSVRecordsTests {
  private func split(_ line: String) throws -> [String] {
    try Array(line.utf8).withUnsafeBytes { bytes in
      try CSVRecords.split(bytes).map { String(decoding: $0.bytes, as: UTF8.self) }
    }
  }

  private func records(
    _ header: String, rename: [String: String] = [:], constants: [(String, String)] = [],
    names: RecordFieldNames = RecordFieldNames()
  ) throws -> CSVRecords {
    try Array(header.utf8).withUnsafeBytes { bytes in
      try CSVRecords(
        header: bytes, names: names, rename: rename,
        constants: constants.map { (name: $0.0, value: $0.1) })
    }
  }

  private func json(_ records: CSVRecords, _ line: String) throws -> String {
    try Array(line.utf8).withUnsafeBytes {
      String(decoding: try records.record($0), as: UTF8.self)
    }
  }

  private func headerFault(
    _ header: String, rename: [String: String] = [:], constants: [(String, String)] = []
  ) -> String? {
    do {
      _ = try records(header, rename: rename, constants: constants)
      return nil
    } catch {
      return "\(error)"
    }
  }

  // MARK: RFC 4180

  @Test(arguments: [
    ("a,b,c", ["a", "b", "c"]),
    ("", [""]),
    (",", ["", ""]),
    ("a,,c,", ["a", "", "c", ""]),
    ("\"a\",\"b\"", ["a", "b"]),
    ("\"a,b\",c", ["a,b", "c"]),
    ("\"a\"\"b\"", ["a\"b"]),
    ("\"\"", [""]),
    ("\"\"\"\"", ["\""]),
    (" a , b ", [" a ", " b "]),
    ("a,\u{301}b", ["a", "\u{301}b"]),
    ("\"a\u{301}\",\u{1F3FD}", ["a\u{301}", "\u{1F3FD}"]),
  ])
  func valuesAreSplit(_ line: String, _ values: [String]) throws {
    #expect(try split(line).map { Array($0.utf8) } == values.map { Array($0.utf8) })
  }

  @Test(arguments: ["\"a", "\"a\"\"", "a\"b", "\"a\"b", "\"a\" ,b", " \"a\""])
  func badQuotesAreRefused(_ line: String) {
    #expect(throws: CSVRecords.LineError.self) { try split(line) }
  }

  @Test func whatIsQuotedComesBackWhole() throws {
    var random = SeededGenerator(state: 11)
    let alphabet = Array("ab,\"\r é\u{301}0".unicodeScalars)
    for _ in 0..<2_000 {
      let values = (0..<Int.random(in: 1...5, using: &random)).map { _ in
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...6, using: &random) {
          text.append(alphabet.randomElement(using: &random) ?? "a")
        }
        return String(text)
      }
      let line = values.map { value in
        let plain = !value.unicodeScalars.contains("\"") && !value.unicodeScalars.contains(",")
        if plain, Bool.random(using: &random) { return value }
        var quoted = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
          quoted.append(scalar)
          if scalar == "\"" { quoted.append(scalar) }
        }
        return "\"\(String(quoted))\""
      }
      let found = try split(line.joined(separator: ","))
      #expect(found.map { Array($0.utf8) } == values.map { Array($0.utf8) })
    }
  }

  // MARK: Records

  @Test func columnsThatBearAFieldsNameAreRead() throws {
    let records = try records("userid,note,time,acc")
    #expect(
      try json(records, "7,unread,2017-10-01 19:53:03 123456,1.230")
        == #"{"userid":"7","time":"2017-10-01 19:53:03 123456","acc":"1.230"}"#)
  }

  @Test func columnsAreMappedAndConstantsAdded() throws {
    let records = try records(
      "t_ms,ax,ay,az", rename: ["t_ms": "ts", "ax": "x", "ay": "y", "az": "z"],
      constants: [("user", "u \"1\""), ("device", "")])
    #expect(
      try json(records, "5,1,2,3")
        == #"{"user":"u \"1\"","device":"","ts":"5","x":"1","y":"2","z":"3"}"#)
  }

  @Test func fieldsMayBeNamedAsInTheConfiguration() throws {
    var names = RecordFieldNames()
    names.user = ["patient"]
    names.value = ["bpm"]
    let records = try records(
      "when,heart", rename: ["when": "time", "heart": "value"], constants: [("user", "p")],
      names: names)
    #expect(try json(records, "5,72") == #"{"patient":"p","time":"5","bpm":"72"}"#)
  }

  @Test func valueOfNoCharactersIsAbsentUnlessQuoted() throws {
    let records = try records("user,device,ts,acc,x,y,z")
    #expect(try json(records, "u,,1,2,,,") == #"{"user":"u","ts":"1","acc":"2"}"#)
    #expect(try json(records, "u,\"\",1,2,,,") == #"{"user":"u","device":"","ts":"1","acc":"2"}"#)
  }

  @Test func controlCharactersAreEscaped() throws {
    let records = try records("user,ts,acc")
    #expect(
      try json(records, "a\u{1}\u{1F}\\\u{7F}b,1,2")
        == "{\"user\":\"a\\u0001\\u001f\\\\\u{7F}b\",\"ts\":\"1\",\"acc\":\"2\"}")
  }

  @Test func bytesThatAreNotUTF8ReachTheDecoderAsTheyAre() throws {
    let records = try records("user,ts,acc")
    let line: [UInt8] = [0xFF, 0x2C, 0x31, 0x2C, 0x32]
    let json = try line.withUnsafeBytes { try records.record($0) }
    #expect(json.contains(0xFF))
    #expect(throws: InvalidRecord(.badUTF8, field: .user, offset: 9)) {
      try json.withUnsafeBytes { try RecordDecoder().decode($0, arrival: -1) }
    }
  }

  @Test(arguments: ["u,1", "u,1,1,23", "", "u,\"1,2"])
  func lineWithOtherValuesThanColumnsIsRefused(_ line: String) throws {
    let records = try records("user,ts,acc")
    #expect(throws: CSVRecords.LineError.self) { try json(records, line) }
  }

  // MARK: Headers

  @Test func headersThatCannotBeUsedSayWhy() {
    #expect(headerFault("user,ts,acc") == nil)
    #expect(headerFault("a,b")?.contains("no column bears the name of a field (acc, ") == true)
    #expect(headerFault("") != nil)
    #expect(
      headerFault("user,ts,acc", rename: ["t": "ts"])
        == "there is no column \"t\"; the file has user, ts, acc")
    #expect(
      headerFault("user,t,acc", rename: ["t": "tss"])?.hasPrefix("there is no field \"tss\"")
        == true)
    #expect(
      headerFault("ts,acc", constants: [("usr", "a")])?.hasPrefix("there is no field \"usr\"")
        == true)
    #expect(
      headerFault("user,ts,time,acc")?.hasPrefix(
        "column \"ts\" and column \"time\" are both the field \"time\"") == true)
    #expect(headerFault("user,ts,time,acc", rename: ["time": "-"]) == nil)
    #expect(
      headerFault("user,ts,acc", constants: [("user", "a")])?.contains("--set user") == true)
    #expect(headerFault("user,\"ts")?.hasPrefix("the header is not CSV") == true)
  }
}
