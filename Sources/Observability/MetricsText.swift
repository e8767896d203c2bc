/// Writes metrics in Prometheus' text format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
public struct MetricsText {
  public private(set) var text = ""

  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  public init() {}

  /// A counter; by convention its name ends in `_total`.
  public mutating func counter(_ name: String, _ help: String, _ value: Int) {
    head(name, help, "counter")
    text += "\(name) \(value)\n"
  }

  /// A counter with one label.
  public mutating func counter(
    _ name: String, _ help: String, label: String, _ values: [String: Int]
  ) {
    head(name, help, "counter")
    for (value, count) in values.sorted(by: { $0.key < $1.key }) {
      text += "\(name){\(label)=\"\(Self.escaped(value))\"} \(count)\n"
    }
  }

  /// A value that may go up and down; left out while unknown.
  public mutating func gauge(_ name: String, _ help: String, _ value: Double?) {
    guard let value else { return }
    head(name, help, "gauge")
    text += "\(name) \(Self.number(value))\n"
  }

  /// A gauge with one label.
  public mutating func gauge(
    _ name: String, _ help: String, label: String, _ values: [String: Double]
  ) {
    head(name, help, "gauge")
    for (value, number) in values.sorted(by: { $0.key < $1.key }) {
      text += "\(name){\(label)=\"\(Self.escaped(value))\"} \(Self.number(number))\n"
    }
  }

  private mutating func head(_ name: String, _ help: String, _ type: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  private static func number(_ value: Double) -> String {
    if let whole = Int64(exactly: value) { return "\(whole)" }
    return "\(value)"
  }

  private static func escaped(_ label: String) -> String {
    var result = ""
    for character in label {
      switch character {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.append(character)
      }
    }
    return result
  }
}
