/// A JSON text taken apart. Arrays of numbers, of which models mostly consist, are kept as such.
indirect enum JSONValue: Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  /// An array that is empty or of numbers only.
  case numbers([Double])
  case array([JSONValue])
  case object([String: JSONValue])

  /// What kind of value it is, for messages.
  var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .numbers, .array: "an array"
    case .object: "an object"
    }
  }

  /// Reads a whole text by RFC 8259: nothing but white space may follow, no name may come twice in an
  /// object, and nothing may be nested deeper than 32. Beyond the standard, `NaN`, `Infinity` and
  /// `-Infinity` are numbers, as they are to XGBoost.
  static func parse(_ bytes: [UInt8]) throws(ModelFileError) -> JSONValue {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw ModelFileError.damaged("is not UTF-8")
    }
    do {
      return try bytes.withUnsafeBufferPointer { bytes throws(JSONParser.Fault) in
        var parser = JSONParser(bytes: bytes)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        if parser.next < bytes.count { throw parser.fault("more text behind the value") }
        return value
      }
    } catch {
      throw ModelFileError.damaged(
        "is no JSON: \(error.problem)", at: "byte \(error.offset)")
    }
  }
}

/// Invariant: `next <= bytes.count`; every read of a byte goes through `peek`. The bytes are UTF-8.
private struct JSONParser {
  static let maxDepth = 32

  struct Fault: Error {
    var problem: String
    /// Bytes before it.
    var offset: Int
  }

  let bytes: UnsafeBufferPointer<UInt8>
  var next = 0

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var peek: UInt8? { next < bytes.count ? bytes[next] : nil }

  func fault(_ problem: String) -> Fault {
    Fault(problem: next < bytes.count ? problem : "the text ends too early", offset: next)
  }

  mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
      next += 1
    }
  }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    next += 1
    return true
  }

  mutating func value(depth: Int) throws(Fault) -> JSONValue {
    skipSpace()
    switch peek ?? 0 {
    case UInt8(ascii: "{"): return .object(try members(depth: depth))
    case UInt8(ascii: "["): return try elements(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(Fault) -> JSONValue {
    guard bytes[next...].starts(with: word.utf8) else { throw fault("a value was expected") }
    next += word.utf8.count
    return value
  }

  private mutating func number() throws(Fault) -> Double {
    let first = next
    if let number = NumberText.parse(bytes, &next) { return number }
    next = first
    for (word, value) in [("NaN", Double.nan), ("Infinity", .infinity), ("-Infinity", -.infinity)]
    where bytes[next...].starts(with: word.utf8) {
      next += word.utf8.count
      return value
    }
    throw fault("a value was expected")
  }

  // MARK: Strings

  private mutating func string() throws(Fault) -> String {
    next += 1
    var text: [UInt8] = []
    while let byte = peek {
      next += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += try escaped()
      case ..<0x20:
        next -= 1
        throw fault("a control character in a string: it must be escaped")
      default: text.append(byte)
      }
    }
    throw fault("")
  }

  /// What an escape stands for; `next` is behind its backslash.
  private mutating func escaped() throws(Fault) -> [UInt8] {
    guard let byte = peek else { throw fault("") }
    next += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      var code = try unit()
      if code & 0xFC00 == 0xD800, skip("\\"), skip("u") {
        let low = try unit()
        // Anything but a low half leaves the high one alone, which is no character.
        if low & 0xFC00 == 0xDC00 { code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF }
      }
      guard let scalar = Unicode.Scalar(code) else { throw fault("half of a surrogate pair") }
      return Array(String(scalar).utf8)
    default: throw fault("an unknown escape")
    }
  }

  private mutating func unit() throws(Fault) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault("a malformed \\u escape")
      }
      value = value << 4 | UInt32(digit)
      next += 1
    }
    return value
  }

  // MARK: Arrays and objects

  private mutating func elements(depth: Int) throws(Fault) -> JSONValue {
    if depth >= Self.maxDepth { throw fault("nested too deep") }
    next += 1
    var numbers: [Double] = []
    var others: [JSONValue] = []
    skipSpace()
    if skip("]") { return .numbers([]) }
    while true {
      let value = try value(depth: depth + 1)
      if case .number(let number) = value, others.isEmpty {
        numbers.append(number)
      } else {
        if others.isEmpty { others = numbers.map { .number($0) } }
        others.append(value)
      }
      skipSpace()
      if skip("]") { return others.isEmpty ? .numbers(numbers) : .array(others) }
      guard skip(",") else { throw fault("a comma or ] was expected") }
    }
  }

  private mutating func members(depth: Int) throws(Fault) -> [String: JSONValue] {
    if depth >= Self.maxDepth { throw fault("nested too deep") }
    next += 1
    var members: [String: JSONValue] = [:]
    skipSpace()
    if skip("}") { return [:] }
    while true {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw fault("a name in quotes was expected") }
      let name = try string()
      guard members[name] == nil else { throw fault("a name that comes twice") }
      skipSpace()
      guard skip(":") else { throw fault("a colon was expected") }
      members[name] = try value(depth: depth + 1)
      skipSpace()
      if skip("}") { return members }
      guard skip(",") else { throw fault("a comma or } was expected") }
    }
  }
}
