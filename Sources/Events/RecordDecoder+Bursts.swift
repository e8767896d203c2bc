/// The samples of a burst.
extension RecordDecoder {
  /// Reads a burst's values into the decoder's memory.
  func readSamples(
    _ cursor: inout JSONCursor, _ draft: inout RecordDraft
  ) throws(InvalidRecord) {
    guard try cursor.peekToken() == UInt8(ascii: "[") else { throw try cursor.wrongType() }
    cursor.next += 1
    let first = try cursor.peekToken()
    guard first != UInt8(ascii: "]") else { throw cursor.fault(.emptyBurst) }
    let isVector = first == UInt8(ascii: "[")
    var count = 0
    while true {
      if isVector, readShortVectors(&cursor, &count) { break }
      guard count < maxBurstSamples else { throw cursor.fault(.burstTooLong) }
      let value = isVector ? try readVector(&cursor, count) : try readUnits(&cursor)
      sampleStorage[count] = Sample(time: 0, value: value)
      count += 1
      if try cursor.passSeparator(orClose: UInt8(ascii: "]")) { break }
    }
    draft.sampleCount = count
    if isVector, keepsAxes {
      axisScale.convert(axisUnits, to: axisStorage, count: count)
      draft.axisCount = count
    }
  }

  /// Reads as many vectors as are written in the plain way, which is all of most bursts but the last one or
  /// two, for it looks ahead. Stops before the first other one; returns whether the array has been closed.
  @inline(__always)
  private func readShortVectors(_ cursor: inout JSONCursor, _ count: inout Int) -> Bool {
    guard let shortDecimal else { return false }
    let last = cursor.end - ShortDecimal.vectorRoom
    var next = cursor.next
    var axes = axisUnits + 3 * count
    var sample = sampleStorage + count
    let end = sampleStorage + maxBurstSamples
    var isClosed = false
    while next <= last, sample < end, !isClosed {
      var behind = next
      guard let (x, y, z) = shortDecimal.readVector(&behind),
        let magnitude = FixedPoint.magnitude(x, y, z)
      else { break }
      isClosed = behind.pointee == UInt8(ascii: "]")
      guard isClosed || behind.pointee == UInt8(ascii: ",") else { break }
      axes[0] = x
      axes[1] = y
      axes[2] = z
      sample.pointee = Sample(time: 0, value: magnitude)
      axes += 3
      sample += 1
      next = behind + 1
    }
    cursor.next = next
    count = sample - sampleStorage
    return isClosed
  }

  /// The magnitude of `[x, y, z]`; the axes go to place `place` in the decoder's memory.
  @inline(__always)
  private func readVector(
    _ cursor: inout JSONCursor, _ place: Int
  ) throws(InvalidRecord) -> Int32 {
    guard try cursor.peekToken() == UInt8(ascii: "[") else { throw try cursor.wrongType() }
    cursor.next += 1
    let x = try readUnits(&cursor)
    try passInVector(&cursor, UInt8(ascii: ","))
    let y = try readUnits(&cursor)
    try passInVector(&cursor, UInt8(ascii: ","))
    let z = try readUnits(&cursor)
    try passInVector(&cursor, UInt8(ascii: "]"))
    guard let magnitude = FixedPoint.magnitude(x, y, z) else { throw cursor.fault(.outOfBounds) }
    axisUnits[3 * place] = x
    axisUnits[3 * place + 1] = y
    axisUnits[3 * place + 2] = z
    return magnitude
  }

  /// Passes what must follow an axis. The other one of comma and bracket means a vector of another
  /// length than three.
  @inline(__always)
  private func passInVector(_ cursor: inout JSONCursor, _ byte: UInt8) throws(InvalidRecord) {
    let token = try cursor.peekToken()
    guard token == byte else {
      let isOther = token == UInt8(ascii: ",") || token == UInt8(ascii: "]")
      throw cursor.fault(isOther ? .wrongType : .notJSON)
    }
    cursor.next += 1
  }
}
