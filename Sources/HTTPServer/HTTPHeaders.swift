/// Header fields in the order in which they were sent; names compare without regard to case.
public struct HTTPHeaders: Sendable, ExpressibleByDictionaryLiteral {
  /// One field line.
  public struct Field: Sendable {
    public var name: String
    public var value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// All fields, repeated names included.
  public private(set) var fields: [Field] = []

  public init() {}

  public init(dictionaryLiteral elements: (String, String)...) {
    fields = elements.map { Field(name: $0.0, value: $0.1) }
  }

  /// The first value under `name`. Setting replaces every field of that name; `nil` removes them.
  public subscript(name: String) -> String? {
    get { fields.first { Self.equal($0.name, name) }?.value }
    set {
      fields.removeAll { Self.equal($0.name, name) }
      if let newValue { fields.append(Field(name: name, value: newValue)) }
    }
  }

  /// Every value under `name`, in order.
  public func values(of name: String) -> [String] {
    fields.lazy.filter { Self.equal($0.name, name) }.map(\.value)
  }

  /// Adds a field and keeps those of the same name.
  public mutating func append(name: String, value: String) {
    fields.append(Field(name: name, value: value))
  }

  /// Whether a comma-separated field such as `Connection` lists `token`, in any case.
  public func contains(token: String, in name: String) -> Bool {
    fields.contains { field in
      Self.equal(field.name, name)
        && field.value.utf8.split(separator: UInt8(ascii: ",")).contains { part in
          Self.equal(ASCII.trimmed(part), token.utf8)
        }
    }
  }

  static func equal(_ one: String, _ other: String) -> Bool { equal(one.utf8, other.utf8) }

  static func equal(_ one: some Collection<UInt8>, _ other: some Collection<UInt8>) -> Bool {
    one.count == other.count
      && zip(one, other).allSatisfy { ASCII.lowercased($0) == ASCII.lowercased($1) }
  }
}
