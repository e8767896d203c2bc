import Events
import Testing

@Suite("Invalid records")
struct InvalidRecordTests {
  /// Examples of each reason that does not depend on limits or arrival.
  private static let examples: [(InvalidReason, [String])] = [
    (
      .notJSON,
      [
        "x", "{]", "{,}", #"{"user"}"#, #"{"user":}"#, #"{"user":"u",}"#, #"{user:"u"}"#, "{'a':1}",
        scalar("01"), scalar("+1"), scalar(".5"), scalar("1."), scalar("1.e5"), scalar("1e"),
        scalar("1e+"), scalar("-"), scalar("0x10"), scalar("1_000"), scalar("tru"), scalar("True"),
        scalar("nul"), scalar("1") + "x", scalar("1") + "{}", scalar("1") + ",", scalar("1") + "\0",
        "{\"user\":\"a\u{1}\",\"ts\":1,\"value\":1}", "{\"user\":\"a\n\",\"ts\":1,\"value\":1}",
        #"{"user":"\x","ts":1,"value":1}"#, #"{"user":"\u12g4","ts":1,"value":1}"#,
        #"{"a":[1,],"user":"u","ts":1,"value":1}"#, #"{"a":[1 2],"user":"u","ts":1,"value":1}"#,
        #"{"a":{"b"},"user":"u"}"#, #"{"a":{"b":1,}}"#, #"{"a":{1:2}}"#, #"{"a":00}"#,
        #"{"user":"u" "ts":1}"#, "{\"user\":\u{a0}1}", "\u{feff}" + scalar("1"), "/**/{}",
        #"{"user":"u","t0":1,"hz":1,"samples":[1,2,]}"#,
        #"{"user":"u","t0":1,"hz":1,"samples":[[1 2,3]]}"#, "[1,]", "nulx",
      ]
    ),
    (
      .emptyRecord, ["", " ", "\n\r\t "]
    ),
    (
      .missingField,
      [
        "{}", #"{"ts":1,"value":1}"#, #"{"user":"u","value":1}"#, #"{"user":"u","ts":1}"#,
        #"{"user":"u","ts":1,"x":1,"y":1}"#, #"{"user":"u","ts":1,"z":1}"#,
        #"{"user":"u","hz":1,"samples":[1]}"#, #"{"user":"u","t0":1,"samples":[1]}"#,
        #"{"user":"u","ts":1,"samples":[1],"hz":1}"#, #"{"User":"u","ts":1,"value":1}"#,
      ]
    ),
    (
      .wrongType,
      [
        "[]", "1", "null", #""text""#, "true", scalar("null"), scalar("true"), scalar("[]"),
        scalar("{}"), scalar(#""abc""#), scalar(#""""#), scalar(#"" 1""#), scalar(#""1 ""#),
        scalar(#""01""#), scalar(#""+1""#), scalar(#""0x1p3""#), scalar(#""1,5""#),
        #"{"user":null,"ts":1,"value":1}"#, #"{"user":1.0,"ts":1,"value":1}"#,
        #"{"user":1e3,"ts":1,"value":1}"#, #"{"user":-0,"ts":1,"value":1}"#,
        #"{"user":12345678901234567890,"ts":1,"value":1}"#, #"{"user":["u"],"ts":1,"value":1}"#,
        #"{"user":"u","device":{},"ts":1,"value":1}"#, scalar("1", time: "null"),
        scalar("1", time: "[2026]"), #"{"user":"u","t0":1,"hz":1,"samples":{}}"#,
        #"{"user":"u","t0":1,"hz":1,"samples":[[1,2]]}"#,
        #"{"user":"u","t0":1,"hz":1,"samples":[[1,2,3,4]]}"#,
        #"{"user":"u","t0":1,"hz":1,"samples":[1,[1,2,3]]}"#,
        #"{"user":"u","t0":1,"hz":1,"samples":[[1,2,3],1]}"#,
        #"{"user":"u","t0":1,"hz":1,"samples":[[[1],2,3]]}"#,
        #"{"user":"u","t0":1,"hz":1,"samples":[null]}"#,
        #"{"user":"u","t0":1,"hz":true,"samples":[1]}"#,
      ]
    ),
    (
      .notFinite,
      [
        scalar("NaN"), scalar("Infinity"), scalar("-Infinity"), scalar(#""NaN""#),
        scalar(#""nan""#), scalar(#""inf""#), scalar(#""-inf""#), scalar(#""+Infinity""#),
        scalar("1e999"), scalar("-1e999"), scalar(#""1e999""#), scalar("1e99999999999999999999"),
        scalar("1e-324"), scalar(#""-1e-400""#), scalar(#""1\u002e0e-400""#),
        scalar("0." + String(repeating: "0", count: 400) + "1"), scalar("1", time: "1e-400"),
        scalar("1", time: #""1e-400""#),
        scalar("1" + String(repeating: "0", count: 400)), #"{"a":NaN}"#, #"{"a":[-Infinity]}"#,
        scalar("1", time: "NaN"), scalar("1", time: #""NaN""#), scalar("1", time: "1e400"),
        scalar("1", time: #""1e400""#), #"{"user":"u","t0":1,"hz":1e999,"samples":[1]}"#, "NaN",
        #"{"user":"u","t0":1,"hz":1,"samples":[[1,NaN,3]]}"#,
      ]
    ),
    (
      .outOfBounds,
      [
        scalar("1073.741824"), scalar("-1073.741824"), scalar("1073.7418235"), scalar("1e4"),
        scalar("1e308"), scalar("99999999999999999999999"), scalar(#""1e10""#),
        #"{"user":"u","ts":1,"x":1000,"y":1000,"z":0}"#,
        #"{"user":"u","t0":1,"hz":1,"samples":[1,2,3000]}"#,
        #"{"user":"u","t0":1,"hz":1,"samples":[[1000,1000,0]]}"#,
      ]
    ),
    (.emptyUser, [#"{"user":"","ts":1,"value":1}"#]),
    (
      .userTooLong,
      [
        #"{"user":"\#(String(repeating: "u", count: 257))","ts":1,"value":1}"#,
        #"{"user":"\#(String(repeating: "é", count: 128))\u0075","ts":1,"value":1}"#,
        #"{"user":"u","device":"\#(String(repeating: "d", count: 257))","ts":1,"value":1}"#,
      ]
    ),
    (
      .badUTF8,
      [
        #"{"user":"\ud800","ts":1,"value":1}"#, #"{"user":"\udc00","ts":1,"value":1}"#,
        #"{"user":"\ud800\n","ts":1,"value":1}"#, #"{"user":"\ud800\u0041","ts":1,"value":1}"#,
        #"{"user":"\ud800x","ts":1,"value":1}"#, #"{"a":"\udfff"}"#, #"{"\ud800":1}"#,
      ]
    ),
    (
      .badTime,
      [
        scalar("1", time: "-1"), scalar("1", time: "-0.1"), scalar("1", time: "253402300800000"),
        scalar("1", time: "1e30"), scalar("1", time: #""""#), scalar("1", time: #""yesterday""#),
        scalar("1", time: #""2017-10-01""#), scalar("1", time: #""2017-10-01 19:53:03""#),
        scalar("1", time: #""-1""#), scalar("1", time: #"" 1""#),
        #"{"user":"u","t0":253402300799999,"hz":1,"samples":[1,2]}"#,
        #"{"user":"u","t0":1,"hz":1e-15,"samples":[1,2]}"#,
      ]
    ),
    (
      .duplicateField,
      [
        #"{"user":"u","user":"u","ts":1,"value":1}"#,
        #"{"user":"u","userid":"u","ts":1,"value":1}"#,
        #"{"user":"u","ts":1,"time":1,"value":1}"#, #"{"user":"u","ts":1,"value":1,"\u0061cc":1}"#,
      ]
    ),
    (
      .ambiguousShape,
      [
        #"{"user":"u","ts":1,"value":1,"x":1,"y":1,"z":1}"#,
        #"{"user":"u","ts":1,"value":1,"x":1}"#,
        #"{"user":"u","ts":1,"t0":1,"hz":1,"value":1,"samples":[1]}"#,
        #"{"user":"u","ts":1,"t0":1,"hz":1,"x":1,"y":1,"z":1,"samples":[1]}"#,
      ]
    ),
    (.emptyBurst, [#"{"user":"u","t0":1,"hz":1,"samples":[ ]}"#]),
    (
      .badRate,
      [
        "0", "-1", "100000.1", "1e6", "1e300", "1e-19", "0.1234567890123456789", "-0", "1e-18",
        "12345678901234567890", "99999999999999999.99",
      ].map { #"{"user":"u","t0":1,"hz":\#($0),"samples":[1]}"# }
    ),
    (
      .tooDeep,
      [
        #"{"a":"# + String(repeating: "[", count: 128),
        String(repeating: #"{"a":"#, count: 129), String(repeating: "[", count: 1_000_000),
      ]
    ),
  ]

  @Test func everyReason_hasItsExamples() {
    for (expected, texts) in Self.examples {
      for text in texts {
        let found = reason(text)
        #expect(found == expected, "\(text.prefix(120))")
      }
    }
  }

  @Test func everyPrefixOfARecord_isTruncated() {
    let records = [
      #"{"userid": "0", "time": "2017-10-01 19:53:03 123456", "acc": "1.23"}"#,
      #"{"user":"u-17","device":"wé\ud83d\ude00","ts":1795255200123,"x":0.01,"y":-0.02e-1,"z":0.99}"#,
      #"{"user":17,"t0":1,"hz":50,"samples":[[0.01,-0.02,0.99],[1,2,3]],"a":[true,{"b":null}]}"#,
    ]
    for record in records {
      let bytes = Array(record.utf8)
      #expect(fault(bytes) == nil)
      for length in 1..<bytes.count {
        #expect(fault(Array(bytes[..<length]))?.reason == .truncated, "\(record.prefix(length))")
      }
    }
  }

  @Test func malformedUTF8_isRefusedWhereverItStands() {
    let sequences: [[UInt8]] = [
      [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3, 0x28], [0xE0, 0x80, 0x80],
      [0xE0, 0x9F, 0xBF], [0xE2, 0x28, 0xA1], [0xE2, 0x82, 0x28], [0xED, 0xA0, 0x80],
      [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
      [0xF0, 0x9F, 0x98, 0x28], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
    ]
    for sequence in sequences {
      for (before, after) in [
        (#"{"user":""#, #"","ts":1,"value":1}"#), (#"{"user":"12345678"#, #"","ts":1,"value":1}"#),
        (#"{"a"#, #"":0,"user":"u","ts":1,"value":1}"#), (#"{"a":["x"#, #""],"user":"u"}"#),
      ] {
        let bytes = Array(before.utf8) + sequence + Array(after.utf8)
        #expect(fault(bytes)?.reason == .badUTF8, "\(sequence) after \(before)")
      }
    }
  }

  @Test func everyScalarOfUnicode_isAccepted() throws {
    let decoder = RecordDecoder()
    for value in stride(from: UInt32(0x20), through: 0x10FFFF, by: 1) {
      // All of the first planes' edges, a part of the rest.
      guard value < 0x900 || value % 61 == 0 || value & 0xFFF >= 0xFFD || value & 0x7FF < 2,
        let scalar = Unicode.Scalar(value), scalar != "\"", scalar != "\\"
      else { continue }
      let user = String(Character(scalar))
      let record = try decoder.decoded(Array(#"{"user":"\#(user)","ts":1,"value":1}"#.utf8))
      #expect(record.user.unicodeScalars.elementsEqual([scalar]))
    }
  }

  @Test func sizeLimits_holdToTheByte() throws {
    let record = scalar("1")
    let size = record.utf8.count
    #expect(reason(record, try RecordFormat(maxRecordBytes: size)) == nil)
    #expect(reason(record, try RecordFormat(maxRecordBytes: size - 1)) == .recordTooLarge)
    let longest = String(repeating: "é", count: 128)
    #expect(
      try decode(#"{"user":"\#(longest)","device":"\#(longest)","ts":1,"value":1}"#).user == longest
    )
    let burst = #"{"user":"u","t0":1,"hz":1,"samples":[1,2,3]}"#
    #expect(reason(burst, try RecordFormat(maxBurstSamples: 3)) == nil)
    #expect(reason(burst, try RecordFormat(maxBurstSamples: 2)) == .burstTooLong)
    let nested = String(repeating: "[", count: 127) + String(repeating: "]", count: 127)
    #expect(reason(#"{"a":\#(nested),"user":"u","ts":1,"value":1}"#) == nil)
  }

  @Test func futureTimes_countFromTheArrival() throws {
    let format = try RecordFormat(maxFutureSkew: 5000)
    #expect(reason(scalar("1", time: "15000"), format, arrival: 10_000) == nil)
    #expect(reason(scalar("1", time: "15001"), format, arrival: 10_000) == .tooFarAhead)
    #expect(reason(scalar("1", time: "15001"), format, arrival: -1) == nil)
    #expect(reason(scalar("1", time: "0"), format, arrival: .max) == nil)
    let burst = #"{"user":"u","t0":14000,"hz":2,"samples":[1,2,3]}"#
    #expect(reason(burst, format, arrival: 10_000) == nil)
    #expect(reason(burst, format, arrival: 9_999) == .tooFarAhead)
  }

  /// Reasons that no record of samples can have: `CameraFormatsTests` shows each.
  private static let cameraReasons: [InvalidReason] = [
    .unknownUser, .unknownDevice, .badTimezone, .imageFormat, .imageResolution, .imageSize,
    .badContrast, .lowContrast, .badProbability, .badBox, .badClass, .badZone, .unknownType,
    .unknownLabel, .tooManyObjects, .tooManyZones, .tooManyFrames, .lengthMismatch, .badEnvelope,
  ]

  @Test func faults_sayWhatWhereAndWhatToDo() {
    #expect(
      fault(Array(#"{"user":"u","value":true}"#.utf8))
        == InvalidRecord(.wrongType, field: .value, offset: 20))
    #expect(
      fault(Array(#"{"user":"u","ts":1}"#.utf8))?.description
        == "a field is missing (field `value`, byte 19): send the field, or map its name in the stream's `fields`."
    )
    for reason in InvalidReason.allCases {
      #expect(InvalidRecord(reason, offset: 3).description.contains("byte 3"))
      #expect(reason.rawValue.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" })
    }
    let tested = Set(Self.examples.map(\.0))
      .union([.truncated, .recordTooLarge, .burstTooLong, .tooFarAhead])
      .union(Self.cameraReasons)
    #expect(tested == Set(InvalidReason.allCases))
  }
}
