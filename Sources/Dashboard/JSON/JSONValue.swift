/// A JSON text taken apart, for the small bodies of requests.
indirect enum JSONValue: Equatable {
  case null
  case bool(Bool)
  /// As it was written: nothing here computes with numbers.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([Member])

  struct Member: Equatable {
    var name: String
    var value: JSONValue
  }

  /// What kind of value it is, for messages.
  var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }

  /// Why a text is no JSON.
  struct Fault: Error, Equatable {
    var message: String
    /// Bytes before the fault.
    var offset: Int
  }

  /// Reads a whole text by RFC 8259: nothing but white space may follow, no name may come twice in an
  /// object, and nothing may be nested deeper than 32.
  init(_ bytes: [UInt8]) throws(Fault) {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw Fault(message: "not UTF-8", offset: 0)
    }
    var parser = Parser(bytes: bytes)
    self = try parser.value(depth: 0)
    parser.skipSpace()
    if parser.next < bytes.count { throw parser.fault("more text behind the value") }
  }
}

/// Invariant: `next <= bytes.count`; every read of a byte goes through `peek`.
private struct Parser {
  static let maxDepth = 32

  let bytes: [UInt8]
  var next = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var peek: UInt8? { next < bytes.count ? bytes[next] : nil }

  func fault(_ message: String) -> JSONValue.Fault {
    JSONValue.Fault(message: next < bytes.count ? message : "the text ends too early", offset: next)
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

  mutating func value(depth: Int) throws(JSONValue.Fault) -> JSONValue {
    skipSpace()
    switch peek ?? 0 {
    case UInt8(ascii: "{"): return .object(try members(depth: depth))
    case UInt8(ascii: "["): return .array(try elements(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    default: throw fault("a value was expected")
    }
  }

  private mutating func word(
    _ word: String, _ value: JSONValue
  ) throws(JSONValue.Fault) -> JSONValue {
    guard bytes[next...].starts(with: word.utf8) else { throw fault("a value was expected") }
    next += word.utf8.count
    return value
  }

  // MARK: Numbers

  private mutating func digits() -> Int {
    let first = next
    while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { next += 1 }
    return next - first
  }

  private mutating func number() throws(JSONValue.Fault) -> String {
    let first = next
    _ = skip("-")
    let startsWithZero = peek == UInt8(ascii: "0")
    let whole = digits()
    guard whole > 0, whole == 1 || !startsWithZero else { throw fault("a malformed number") }
    if skip("."), digits() == 0 { throw fault("a malformed number") }
    if skip("e") || skip("E") {
      if !skip("+") { _ = skip("-") }
      if digits() == 0 { throw fault("a malformed number") }
    }
    return String(decoding: bytes[first..<next], as: UTF8.self)
  }

  // MARK: Strings

  private mutating func string() throws(JSONValue.Fault) -> String {
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
  private mutating func escaped() throws(JSONValue.Fault) -> [UInt8] {
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

  private mutating func unit() throws(JSONValue.Fault) -> UInt32 {
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

  private mutating func elements(depth: Int) throws(JSONValue.Fault) -> [JSONValue] {
    if depth >= Self.maxDepth { throw fault("nested too deep") }
    next += 1
    var elements: [JSONValue] = []
    skipSpace()
    if skip("]") { return [] }
    while true {
      elements.append(try value(depth: depth + 1))
      skipSpace()
      if skip("]") { return elements }
      guard skip(",") else { throw fault("a comma or ] was expected") }
    }
  }

  private mutating func members(depth: Int) throws(JSONValue.Fault) -> [JSONValue.Member] {
    if depth >= Self.maxDepth { throw fault("nested too deep") }
    next += 1
    var members: [JSONValue.Member] = []
    var names: Set<String> = []
    skipSpace()
    if skip("}") { return [] }
    while true {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw fault("a name in quotes was expected") }
      let name = try string()
      guard names.insert(name).inserted else { throw fault("a name that comes twice") }
      skipSpace()
      guard skip(":") else { throw fault("a colon was expected") }
      members.append(JSONValue.Member(name: name, value: try value(depth: depth + 1)))
      skipSpace()
      if skip("}") { return members }
      guard skip(",") else { throw fault("a comma or } was expected") }
    }
  }
}
