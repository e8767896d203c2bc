/// A value of a JSON text and where it stands, so that a complaint about it can say so.
struct JSONPlace {
  let value: JSONValue
  /// `learner.gradient_booster.model.trees[3]`; empty for the whole.
  let path: String

  init(_ value: JSONValue, path: String = "") {
    self.value = value
    self.path = path
  }

  func has(_ name: String) -> Bool { member(name) != nil }

  func member(_ name: String) -> JSONPlace? {
    guard case .object(let members) = value, let member = members[name] else { return nil }
    return JSONPlace(member, path: path.isEmpty ? name : "\(path).\(name)")
  }

  subscript(name: String) -> JSONPlace {
    get throws(ModelFileError) {
      if let member = member(name) { return member }
      guard case .object = value else { throw unexpected("an object") }
      throw ModelFileError.damaged("\(name) is missing", at: path)
    }
  }

  func unexpected(_ expected: String) -> ModelFileError {
    ModelFileError.damaged("is \(value.typeName), \(expected) was expected", at: path)
  }

  func string() throws(ModelFileError) -> String {
    guard case .string(let text) = value else { throw unexpected("a string") }
    return text
  }

  func strings() throws(ModelFileError) -> [String] {
    var texts: [String] = []
    for element in try elements() { texts.append(try element.string()) }
    return texts
  }

  /// The elements of an array, each with its place.
  func elements() throws(ModelFileError) -> [JSONPlace] {
    let values: [JSONValue]
    switch value {
    case .array(let elements): values = elements
    case .numbers(let numbers): values = numbers.map { .number($0) }
    default: throw unexpected("an array")
    }
    return values.enumerated().map { JSONPlace($1, path: "\(path)[\($0)]") }
  }

  func finiteNumber() throws(ModelFileError) -> Double {
    guard case .number(let number) = value else { throw unexpected("a number") }
    guard number.isFinite else { throw ModelFileError.damaged("is not finite", at: path) }
    return number
  }

  /// An array of numbers; booleans count as 0 and 1.
  ///
  /// - Parameter count: how many there must be.
  func numbers(_ count: Int) throws(ModelFileError) -> [Double] {
    var numbers: [Double] = []
    switch value {
    case .numbers(let all): numbers = all
    case .array(let elements):
      for element in elements {
        guard case .bool(let flag) = element else { throw unexpected("an array of numbers") }
        numbers.append(flag ? 1 : 0)
      }
    default: throw unexpected("an array of numbers")
    }
    guard numbers.count == count else {
      throw ModelFileError.damaged(
        "holds \(numbers.count) numbers, \(count) were expected", at: path)
    }
    return numbers
  }

  /// An array of whole numbers.
  func integers(_ count: Int) throws(ModelFileError) -> [Int] {
    var integers: [Int] = []
    integers.reserveCapacity(count)
    for number in try numbers(count) {
      // Indices are small; anything that a 32-bit integer cannot hold is none.
      guard let integer = Int32(exactly: number) else {
        throw ModelFileError.damaged("holds \(number), an index was expected", at: path)
      }
      integers.append(Int(integer))
    }
    return integers
  }

  /// A number that is written as text, as XGBoost does.
  func integerText() throws(ModelFileError) -> Int {
    if case .number(let number) = value, let integer = Int32(exactly: number) {
      return Int(integer)
    }
    let text = try string()
    guard let integer = Int32(text) else {
      throw ModelFileError.damaged("is \"\(text.prefix(40))\", a number was expected", at: path)
    }
    return Int(integer)
  }
}
