/// How groups are called: the route's name and the values of the labels by which it groups, as Prometheus
/// writes them: `root{kind="wearer",cause="abnormal"}`.
///
/// A name is stored with what was told, and read again after a restart to find its route and labels.
struct GroupName: Equatable {
  /// The group of digests, which belongs to no route.
  static let digest = "digest"

  var route: String
  var labels: [AlertLabel: String]

  static func text(route: String, by labels: [AlertLabel], of values: AlertLabels) -> String {
    var text = route + "{"
    for (place, label) in labels.enumerated() {
      if place > 0 { text += "," }
      text += label.rawValue
      text += "=\""
      append(values[label], to: &text)
      text += "\""
    }
    return text + "}"
  }

  private static func append(_ value: String, to text: inout String) {
    guard value.utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") })
    else {
      text += value
      return
    }
    for scalar in value.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { text.unicodeScalars.append("\\") }
      text.unicodeScalars.append(scalar)
    }
  }

  init(route: String, labels: [AlertLabel: String]) {
    self.route = route
    self.labels = labels
  }

  /// A text that is not of this form is the name of a route without labels.
  init(_ text: String) {
    self = Self.parse(text) ?? GroupName(route: text, labels: [:])
  }

  /// A route's own name may hold braces: the first brace from which on all of the rest fits counts.
  private static func parse(_ text: String) -> GroupName? {
    let scalars = Array(text.unicodeScalars)
    guard scalars.last == "}" else { return nil }
    for start in scalars.indices where scalars[start] == "{" {
      guard let labels = labels(scalars[(start + 1)..<(scalars.count - 1)]) else { continue }
      var route = ""
      route.unicodeScalars.append(contentsOf: scalars[..<start])
      return GroupName(route: route, labels: labels)
    }
    return nil
  }

  private static func labels(_ scalars: ArraySlice<Unicode.Scalar>) -> [AlertLabel: String]? {
    var labels: [AlertLabel: String] = [:]
    var rest = scalars
    while !rest.isEmpty {
      if !labels.isEmpty {
        guard rest.removeFirst() == "," else { return nil }
      }
      var name = ""
      while let next = rest.first, next != "=" {
        name.unicodeScalars.append(next)
        rest.removeFirst()
      }
      guard let label = AlertLabel(rawValue: name), rest.count >= 3 else { return nil }
      rest.removeFirst()
      guard rest.removeFirst() == "\"" else { return nil }
      var value = ""
      var isClosed = false
      while let next = rest.popFirst() {
        if next == "\"" {
          isClosed = true
          break
        }
        guard let scalar = next == "\\" ? rest.popFirst() : next else { return nil }
        value.unicodeScalars.append(scalar)
      }
      guard isClosed else { return nil }
      labels[label] = value
    }
    return labels
  }
}
