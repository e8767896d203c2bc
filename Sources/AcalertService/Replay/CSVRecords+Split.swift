extension CSVRecords {
  /// One value of a line.
  struct Value: Equatable {
    var bytes: [UInt8] = []
    var isQuoted = false
  }

  /// The values of one line (RFC 4180 §2).
  ///
  /// Works on bytes, not on characters: a combining mark behind a comma makes one character with it,
  /// and what is not UTF-8 must reach the decoder as it is.
  static func split(_ line: UnsafeRawBufferPointer) throws(LineError) -> [Value] {
    let quote = UInt8(ascii: "\"")
    let comma = UInt8(ascii: ",")
    var values: [Value] = []
    var value = Value()
    var next = line.startIndex
    while next < line.endIndex {
      if line[next] == quote, value.bytes.isEmpty, !value.isQuoted {
        value.isQuoted = true
        next += 1
        while true {
          guard next < line.endIndex else {
            throw LineError(description: "a quote is not closed; line ends in values are not read")
          }
          if line[next] != quote {
            value.bytes.append(line[next])
            next += 1
          } else if next + 1 < line.endIndex, line[next + 1] == quote {
            value.bytes.append(quote)
            next += 2
          } else {
            next += 1
            break
          }
        }
      } else if line[next] == comma {
        values.append(value)
        value = Value()
        next += 1
      } else {
        guard !value.isQuoted, line[next] != quote else {
          throw LineError(description: "a quote stands inside a value; write it twice, in quotes")
        }
        value.bytes.append(line[next])
        next += 1
      }
    }
    values.append(value)
    return values
  }
}
