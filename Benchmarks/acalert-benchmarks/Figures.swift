import Glibc

/// Numbers as people like to read them.
enum Figures {
  /// Three digits and a suffix: 1.23 M.
  static func short(_ value: Double) -> String {
    switch value {
    case ..<1e3: return fixed(value, value < 10 ? 2 : value < 100 ? 1 : 0)
    case ..<1e6: return scaled(value / 1e3) + " k"
    case ..<1e9: return scaled(value / 1e6) + " M"
    default: return scaled(value / 1e9) + " G"
    }
  }

  static func mebibytes(_ bytes: Int) -> String { "\((bytes + (1 << 19)) >> 20) MiB" }

  /// Rounded, with commas between thousands.
  static func whole(_ value: Double) -> String {
    var digits = fixed(value.magnitude, 0)
    var text = ""
    while digits.count > 3 {
      text = "," + digits.suffix(3) + text
      digits.removeLast(3)
    }
    return (value <= -0.5 ? "-" : "") + digits + text
  }

  /// With so many digits after the point.
  static func fixed(_ value: Double, _ places: Int) -> String {
    var text = [CChar](repeating: 0, count: 64)
    let count = withVaList([Int32(places), value]) { vsnprintf(&text, text.count, "%.*f", $0) }
    return String(decoding: text.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func scaled(_ value: Double) -> String {
    fixed(value, value < 10 ? 2 : value < 100 ? 1 : 0)
  }
}
