import Events
import Testing

@Suite("Wire formats")
struct WireFormatTests {
  @Test func originalRecord_isAcceptedAsItsProducerWritesIt() throws {
    // json.dumps of a dict of strings, the time by strftime("%Y-%m-%d %H:%M:%S %f").
    let record = try decode(
      #"{"userid": "0", "time": "2017-10-01 19:53:03 123456", "acc": "1.23"}"#)
    #expect(record.user == "0")
    #expect(record.device == "")
    #expect(record.samples == [Sample(time: 1_506_887_583_123, value: 1_230_000)])
  }

  @Test(arguments: [
    #"{"userid": 0, "time": "2017-10-01 19:53:03 123456", "acc": 1.23}"#,
    #"{"acc": "1.23", "time": "2017-10-01 19:53:03 123456", "userid": "0"}"#,
    #"{"userid": "0", "time": "2017-10-01 19:53:03 1234", "acc": "1.23"}"#,
    " \t\r\n{\"userid\":\"0\"\n,\t\"time\" : 1506887583123 , \"acc\":\"12.3e-1\" }\r\n ",
    #"{"use\u0072id": "\u0030", "time": "1506887583123", "acc": "1\u002e23"}"#,
  ])
  func variantsOfTheOriginalRecord_meanTheSame(_ text: String) throws {
    let record = try decode(text)
    #expect(record.user == "0")
    let day = Int64(1_506_887_583)
    #expect(record.samples[0].time / 1000 == day)
    #expect(record.samples[0].value == 1_230_000)
  }

  @Test func threeAxes_giveTheirMagnitude() throws {
    let record = try decode(
      #"{"user":"u-17","device":"watch","ts":1795255200123,"x":0.01,"y":-0.02,"z":0.99}"#)
    #expect(record.user == "u-17")
    #expect(record.device == "watch")
    // sqrt(0.0001 + 0.0004 + 0.9801) = 0.990252…
    #expect(record.samples == [Sample(time: 1_795_255_200_123, value: 990_252)])
  }

  @Test func burst_givesOneSampleAnElement() throws {
    let record = try decode(
      #"{"user":"u-17","device":"watch","t0":1795255200000,"hz":50,"#
        + #""samples":[[0.01,-0.02,0.99], [ 3 , 4 , 0 ],["0","0","1"]]}"#)
    #expect(
      record.samples == [
        Sample(time: 1_795_255_200_000, value: 990_252),
        Sample(time: 1_795_255_200_020, value: 5_000_000),
        Sample(time: 1_795_255_200_040, value: 1_000_000),
      ])
  }

  @Test func scalarBurst_keepsSigns() throws {
    let record = try decode(
      #"{"user":"u","t0":"2026-11-21T10:00:00Z","hz":"2.5","samples":[1,-2,"3e-1"]}"#)
    #expect(record.samples.map(\.value) == [1_000_000, -2_000_000, 300_000])
    #expect(record.samples.map { $0.time - record.samples[0].time } == [0, 400, 800])
  }

  @Test(arguments: [
    "50", "64", "33.333333333333336", "0.3", "100000", "29.97", "7", "999.999", "1e-3",
  ])
  func burstTimes_areTheFloorOfTheExactQuotient(_ rate: String) throws {
    let count = 1000
    let zeros = Array(repeating: "0", count: count).joined(separator: ",")
    let record = try decode(#"{"user":"u","t0":1000,"hz":\#(rate),"samples":[\#(zeros)]}"#)
    // The rate as mantissa / 10^decimals, in 128 bits.
    let parts = rate == "1e-3" ? ["0", "001"] : rate.split(separator: ".").map(String.init)
    let mantissa = try #require(Int128(parts.joined()))
    let scale = (0..<(parts.count > 1 ? parts[1].count : 0)).reduce(Int128(1)) { power, _ in
      power * 10
    }
    for index in 0..<count {
      let expected = 1000 + Int128(index) * 1000 * scale / mantissa
      #expect(Int128(record.samples[index].time) == expected)
    }
  }

  @Test func unknownFields_areSkippedWhateverTheyHold() throws {
    let record = try decode(
      #"{"a":[1,-0.5e+7,{"b":[[],{}],"user":"x"},true,false,null],"é😀":"\u00e9\ud83d\ude00\n\/","#
        + #""":"","user":"u","hz2":1e999,"averyveryverylongname":{},"ts":5,"value":1,"x1":2}"#)
    #expect(record == Decoded(user: "u", device: "", samples: [Sample(time: 5, value: 1_000_000)]))
  }

  @Test func ids_mayBeEscapedOrNumbersOrAbsent() throws {
    #expect(
      try decode(#"{"user":"\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t","ts":1,"value":1}"#).user
        == "é😀\"\\/\u{8}\u{c}\n\r\t")
    #expect(try decode(#"{"user":"zoë😀","ts":1,"value":1}"#).user == "zoë😀")
    #expect(
      try decode(#"{"user":9999999999999999999,"ts":1,"value":1}"#).user == "9999999999999999999")
    #expect(try decode(#"{"user":-7,"device":12,"ts":1,"value":1}"#).device == "12")
    #expect(
      try decode(#"{"user":"a\u0062","device":"c\u0064","ts":1,"value":1}"#)
        == Decoded(user: "ab", device: "cd", samples: [Sample(time: 1, value: 1_000_000)]))
    #expect(try decode(#"{"user":"u","device":null,"ts":1,"value":1}"#).device == "")
    #expect(try decode(#"{"user":"u","device":"","ts":1,"value":1}"#).device == "")
  }

  @Test func mappedNames_replaceTheStandardOnes() throws {
    var names = RecordFieldNames()
    names.user = ["truck"]
    names.time = ["at"]
    names.value = ["acceleration_of_fuel", "acceleration_in_fuel", "füllung"]
    let format = try RecordFormat(names: names, unit: .none, digits: 2)
    for name in names.value {
      let record = try decode(#"{"truck":"t","at":1,"\#(name)":56.785,"user":3,"acc":1}"#, format)
      #expect(record == Decoded(user: "t", device: "", samples: [Sample(time: 1, value: 5679)]))
    }
    #expect(reason(#"{"user":"t","at":1,"füllung":1}"#, format) == .missingField)
  }

  @Test func namesOfEveryLength_areFound() throws {
    for length in 1...RecordFieldNames.maxNameBytes {
      var names = RecordFieldNames()
      names.value = [String(repeating: "n", count: length)]
      let format = try RecordFormat(names: names)
      #expect(try decode(#"{"\#(names.value[0])":1,"user":"u","ts":1}"#, format).samples.count == 1)
      #expect(reason(#"{"\#(names.value[0])n":1,"user":"u","ts":1}"#, format) == .missingField)
    }
  }

  @Test func resultsOfAnInvalidRecord_areEmpty() throws {
    let decoder = RecordDecoder()
    _ = try decoder.decoded(Array(scalar("1").utf8))
    #expect(throws: InvalidRecord.self) { try decoder.decoded(Array(scalar("x").utf8)) }
    #expect(decoder.user.isEmpty && decoder.device.isEmpty && decoder.samples.isEmpty)
  }
}
