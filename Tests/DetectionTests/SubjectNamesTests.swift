import Detection
import Testing

/// Names lie in chunks of a mebibyte, and their places in others: none may get lost between two of them.
@Suite struct SubjectNamesTests {
  private func append(_ user: [UInt8], _ device: [UInt8], to names: SubjectNames) -> UInt32 {
    user.withUnsafeBytes { user in
      device.withUnsafeBytes { device in names.append(user: user, device: device) }
    }
  }

  @Test func namesOfAnyLength_AreKept() {
    var generator = SplitMix64(state: 1)
    let names = SubjectNames()
    var expected: [(user: [UInt8], device: [UInt8])] = []
    for number in 0..<9_000 {
      let most = number % 1_000 == 0 ? 65_535 : 256
      func bytes(_ least: Int) -> [UInt8] {
        let count = Int.random(in: least...most, using: &generator)
        return [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: count)
      }
      expected.append((bytes(1), bytes(0)))
      #expect(append(expected[number].user, expected[number].device, to: names) == number)
    }
    for (number, name) in expected.enumerated() {
      #expect(names[UInt32(number)].user.elementsEqual(name.user))
      #expect(names[UInt32(number)].device.elementsEqual(name.device))
    }
  }

  @Test func moreNamesThanAChunkHasPlaces_AreKept() {
    let names = SubjectNames()
    let count: UInt32 = 1 << 20 + 100
    for number in 0..<count {
      withUnsafeBytes(of: number) { bytes in
        _ = names.append(user: bytes, device: UnsafeRawBufferPointer(start: nil, count: 0))
      }
    }
    for number in 0..<count where number % 997 == 0 || number > 1 << 20 - 5 {
      #expect(names[number].user.loadUnaligned(as: UInt32.self) == number)
      #expect(names[number].device.isEmpty)
    }
  }
}
