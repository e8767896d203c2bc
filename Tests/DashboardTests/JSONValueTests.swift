import Testing

@testable import Dashboard

@Suite struct JSONValueTests {
  private func parsed(_ text: String) throws -> JSONValue { try JSONValue(Array(text.utf8)) }

  @Test func readsEveryKindOfValue() throws {
    #expect(
      try parsed(#" {"a":[null,true,false,-0.5e+3,0],"b":{},"c":[]} "#)
        == .object([
          .init(
            name: "a",
            value: .array([.null, .bool(true), .bool(false), .number("-0.5e+3"), .number("0")])),
          .init(name: "b", value: .object([])), .init(name: "c", value: .array([])),
        ]))
    #expect(
      try parsed(#""\"\\\/\b\f\n\r\té\u00e9\ud83d\ude00""#)
        == .string("\"\\/\u{8}\u{c}\n\r\té\u{e9}😀"))
  }

  @Test(arguments: [
    "", " ", "nul", "nulll", "tru", "01", "1.", ".5", "-", "1e", "+1", "0x1", "NaN", "\"", "\"\t\"",
    "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "[",
    "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}",
    "{a:1}", "{\"a\" 1}", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "1 1", "{}}", "// x\n1",
    String(repeating: "[", count: 33) + String(repeating: "]", count: 33),
    String(repeating: "[", count: 100_000),
  ])
  func refusesWhatIsNotJSON(_ text: String) {
    #expect(throws: JSONValue.Fault.self) { try parsed(text) }
  }

  @Test func refusesWhatIsNotUTF8() {
    #expect(throws: JSONValue.Fault.self) { try JSONValue([0x22, 0xff, 0x22]) }
    #expect(throws: JSONValue.Fault.self) { try JSONValue([0x22, 0xed, 0xa0, 0x80, 0x22]) }
  }

  @Test func anyCutOrChangedTextIsReadWithoutATrap() throws {
    let bytes = Array(
      #"{"verdict":"confirmed","n":[1,-2.5e3,"\ud83d\ude00",null,{"x":true}]}"#.utf8)
    for place in bytes.indices {
      _ = try? JSONValue(Array(bytes[..<place]))
      for other in [0, 0x22, 0x5C, 0x7B, 0x5D, 0x2C, 0x39, 0x75, 0xFF] as [UInt8] {
        var changed = bytes
        changed[place] = other
        _ = try? JSONValue(changed)
      }
    }
  }
}
