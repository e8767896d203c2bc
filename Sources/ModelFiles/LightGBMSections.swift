/// A LightGBM text taken apart into its head and its trees.
struct LightGBMSections {
  let head: LightGBMSection
  let trees: [LightGBMSection]

  init(_ data: [UInt8]) throws(ModelFileError) {
    guard String(validating: data, as: UTF8.self) != nil else {
      throw ModelFileError.damaged("is not UTF-8")
    }
    var sections = [LightGBMSection(name: "")]
    var isWhole = false
    for (number, line) in data.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
    ).enumerated() {
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if line.elementsEqual("end of trees".utf8) {
        isWhole = true
        break
      }
      if line.isEmpty { continue }
      let key = line.prefix { $0 != UInt8(ascii: "=") }
      let value = line.dropFirst(key.count + 1)
      let name = String(decoding: key, as: UTF8.self)
      if name == "Tree" {
        // The trees are numbered from 0: where one is lost, the numbers have a gap.
        guard Int(String(decoding: value, as: UTF8.self)) == sections.count - 1 else {
          throw ModelFileError.damaged(
            "tree \(sections.count - 1) was expected", at: "line \(number + 1)")
        }
        sections.append(LightGBMSection(name: "Tree=\(sections.count - 1), "))
      } else if sections[sections.count - 1].set(name, value, line: number + 1) {
        throw ModelFileError.damaged(
          "\(name.prefix(40)) comes twice", at: "line \(number + 1)")
      }
    }
    guard isWhole else { throw ModelFileError.damaged("ends before \"end of trees\"") }
    guard sections.count > 1 else {
      throw ModelFileError("has no trees", hint: "train for a round at least")
    }
    head = sections[0]
    trees = Array(sections.dropFirst())
  }
}

/// A section's keys, and on which lines they stand.
struct LightGBMSection {
  private let name: String
  private var entries: [String: (value: ArraySlice<UInt8>, line: Int)] = [:]

  init(name: String) { self.name = name }

  /// Whether the key was there already.
  fileprivate mutating func set(_ key: String, _ value: ArraySlice<UInt8>, line: Int) -> Bool {
    let before = entries.updateValue((value, line), forKey: key)
    return before != nil
  }

  func has(_ key: String) -> Bool { entries[key] != nil }

  /// Where a key stands, for messages: `line 12, Tree=0, threshold`.
  func place(_ key: String) -> String {
    guard let entry = entries[key] else { return "\(name)\(key)" }
    return "line \(entry.line), \(name)\(key)"
  }

  private func bytes(_ key: String) throws(ModelFileError) -> ArraySlice<UInt8> {
    guard let entry = entries[key] else {
      throw ModelFileError.damaged("is missing", at: place(key))
    }
    return entry.value
  }

  func text(_ key: String) throws(ModelFileError) -> String {
    String(decoding: try bytes(key), as: UTF8.self)
  }

  func integer(_ key: String) throws(ModelFileError) -> Int {
    let text = try text(key)
    guard let integer = Int32(text) else {
      throw ModelFileError.damaged(
        "is \"\(text.prefix(40))\", a number was expected", at: place(key))
    }
    return Int(integer)
  }

  func integers(_ key: String, _ count: Int) throws(ModelFileError) -> [Int] {
    var integers: [Int] = []
    integers.reserveCapacity(count)
    for number in try numbers(key, count) {
      guard let integer = Int32(exactly: number) else {
        throw ModelFileError.damaged("holds \(number), an index was expected", at: place(key))
      }
      integers.append(Int(integer))
    }
    return integers
  }

  /// Numbers with a space between them.
  ///
  /// - Parameter count: how many there must be.
  func numbers(_ key: String, _ count: Int) throws(ModelFileError) -> [Double] {
    let bytes = try bytes(key)
    var numbers: [Double] = []
    let isWhole = bytes.withUnsafeBufferPointer { bytes in
      var next = 0
      while next < bytes.count {
        if bytes[next] == UInt8(ascii: " ") {
          next += 1
          continue
        }
        if let infinity = Self.infinity(bytes, &next) {
          numbers.append(infinity)
        } else {
          guard let number = NumberText.parse(bytes, &next) else { return false }
          numbers.append(number)
        }
        guard next == bytes.count || bytes[next] == UInt8(ascii: " ") else { return false }
      }
      return true
    }
    guard isWhole else {
      throw ModelFileError.damaged("holds something that is no number", at: place(key))
    }
    guard numbers.count == count else {
      throw ModelFileError.damaged(
        "holds \(numbers.count) numbers, \(count) were expected", at: place(key))
    }
    return numbers
  }

  /// `inf`, which LightGBM writes for a threshold above all values: only what is missing can go right.
  private static func infinity(_ bytes: UnsafeBufferPointer<UInt8>, _ next: inout Int) -> Double? {
    let isNegative = bytes[next] == UInt8(ascii: "-")
    let start = isNegative ? next + 1 : next
    guard bytes.count - start >= 3, bytes[start..<start + 3].elementsEqual("inf".utf8) else {
      return nil
    }
    next = start + 3
    return isNegative ? -.infinity : .infinity
  }
}
