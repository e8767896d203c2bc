import Events
import Foundation
import Testing

/// A million damaged records: none may crash the decoder, none may be accepted that Foundation rejects,
/// none may be read differently than Foundation reads it.
@Suite("Mutations")
struct MutationTests {
  private static let seeds: [[UInt8]] = [
    #"{"userid": "0", "time": "2017-10-01 19:53:03 123456", "acc": "1.23"}"#,
    #"{"userid": "1999", "time": "2016-02-29 00:00:00 000001", "acc": "-0.000001"}"#,
    #"{"user":"u-17","device":"watch","ts":1795255200123,"x":0.01,"y":-0.02,"z":0.99}"#,
    #"{"user":17,"ts":"2026-11-19T10:00:00.123+05:30","x":1e-1,"y":-2.5E+0,"z":9.25e1}"#,
    #"{"user":"u-17","device":"watch","t0":1795255200000,"hz":50,"samples":[[0.01,-0.02,0.99],[1,2,3]]}"#,
    #"{"user":"z\u00eb\ud83d\ude00é","t0":"1970-01-01T00:00:00Z","hz":"33.3","samples":[1,-2.25,"3"]}"#,
    #"{"a":[true,null,{"b":-1.5e3,"c":["\n\\",""]}],"user":"u","ts":0.5,"value":1073.741823,"ü":false}"#,
    #"{"user":"u","ts":9,"acc":1,"latitude":47.3768866,"longitude":"-8.5416940","site":"ho\u006de"}"#,
    #"{"site":7,"user":"u","timezone":"Europe/Zurich","longitude":null,"ts":9,"acc":1,"latitude":null}"#,
    #" { "device" : null , "userid" : -12 , "time" : "1795255200123" , "value" : 0.1234565 } "#,
  ].map { Array($0.utf8) }

  private static let tokens: [[UInt8]] =
    [
      "{", "}", "[", "]", ",", ":", "\"", "\\", "0", "9", "-", "+", ".", "e", "E5", " ", "\n", "\0",
      "null", "true", "NaN", "Infinity", "1e999", "1e-7", "\\u0031", "\\ud800", "\\n", "00000000",
      "99999999999999999999", "0.49999999999999999999", "\"x\":1", ",\"q\":[]", "\"ts\":1,", "60",
      "é", ",\"latitude\":89.99999995", ",\"longitude\":-180.00000004",
    ].map { Array($0.utf8) } + [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x9F]]

  private func mutated(_ random: inout SplitMix64) -> [UInt8] {
    var bytes = Self.seeds.randomElement(using: &random)!
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      guard !bytes.isEmpty else { break }
      let place = Int(random.next() % UInt64(bytes.count))
      let end = min(bytes.count, place + 1 + Int(random.next() % 4))
      switch random.next() % 16 {
      case 0...2: bytes[place] ^= 1 << UInt8(random.next() % 8)
      case 3...4: bytes[place] = UInt8(truncatingIfNeeded: random.next())
      case 5...7:
        // A digit for a digit, so that many of the results stay valid.
        let digit = bytes[place...].firstIndex { (0x30...0x39).contains($0) } ?? place
        bytes[digit] = 0x30 + UInt8(random.next() % 10)
      case 8...9: bytes.removeSubrange(place..<end)
      case 10...12:
        bytes.insert(contentsOf: Self.tokens.randomElement(using: &random)!, at: place)
      case 13: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 14:
        let other = Self.seeds.randomElement(using: &random)!
        bytes.replaceSubrange(place..., with: other[Int(random.next() % UInt64(other.count))...])
      default: bytes.removeSubrange(place...)
      }
    }
    return bytes
  }

  /// Whether a record may be refused though Foundation reads it.
  private func isStricterByDesign(_ fault: InvalidRecord, _ bytes: [UInt8]) -> Bool {
    switch fault.reason {
    case .duplicateField: return true
    // An id of digits must be a plain integer, and a rate has at most 18 digits.
    case .wrongType:
      return [.user, .device, .site, .timezone].contains(fault.field)
    case .badRate: return true
    case .notJSON:
      // Foundation lets a comma stand before a closing bracket; RFC 8259 does not.
      let significant = bytes.filter { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }
      return zip(significant, significant.dropFirst()).contains {
        $0 == UInt8(ascii: ",") && ($1 == UInt8(ascii: "]") || $1 == UInt8(ascii: "}"))
      }
    default: return false
    }
  }

  @Test(arguments: 1...4)
  func damagedRecords_areReadAsFoundationReadsThem_orRefused(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let decoder = RecordDecoder()
    var reference = ReferenceDecoder()
    var accepted = 0
    for index in 0..<250_000 {
      let bytes = mutated(&random)
      do {
        let found = try decoder.decoded(bytes)
        accepted += 1
        let expected = try? reference.decode(bytes)
        guard found == expected, found.user.utf8.elementsEqual(expected?.user.utf8 ?? "".utf8)
        else {
          Issue.record(
            """
            \(String(decoding: bytes, as: UTF8.self))
            ours \(found), Foundation's \(String(describing: expected))
            """)
          continue
        }
      } catch let fault {
        // Not `#expect`, whose cost would be most of this loop's.
        if !(0...bytes.count).contains(fault.offset) { Issue.record("\(fault)") }
        // Too strict is wrong as well: a part of the refused is shown to Foundation.
        if index % 16 == 0, !isStricterByDesign(fault, bytes),
          let other = try? reference.decode(bytes),
          (try? JSONSerialization.jsonObject(with: Data(bytes))) != nil
        {
          Issue.record("\(String(decoding: bytes, as: UTF8.self)) refused: \(fault), is \(other)")
        }
      }
    }
    // The test would prove little if nearly everything were damaged beyond use.
    #expect(accepted > 25_000)
  }
}
