/// Precision over sensitivity, as SVG inside a page.
struct CurvePlot {
  let curve: ThresholdCurve
  /// The threshold in use.
  let threshold: Double?

  private static let width = 640.0
  private static let height = 340.0
  private static let left = 62.0
  private static let right = 28.0
  private static let top = 12.0
  private static let bottom = 40.0

  /// `nil` if there is nothing to draw.
  var svg: String? {
    let points = curve.points.compactMap {
      point -> (x: Double, y: Double, at: ThresholdCurve.Point)? in
      guard let x = point.tally.sensitivity, let y = point.tally.precision else { return nil }
      return (x, y, point)
    }
    guard points.count > 1 else { return nil }
    var svg = """
      <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" \
      aria-label="Precision over sensitivity">

      """
    for step in 0...5 {
      let share = Double(step) / 5
      let label = Figures.text(share * 100, places: 0)
      svg += line(0, share, 1, share) + line(share, 0, share, 1)
      svg += text("\(label) %", Self.left - 6, y(share) + 4, anchor: "end")
      svg += text("\(label) %", x(share), Self.height - Self.bottom + 16, anchor: "middle")
    }
    svg += text("sensitivity", x(0.5), Self.height - 6, anchor: "middle")
    svg += """
      <text transform="rotate(-90)" x="\(number(-y(0.5)))" y="11" text-anchor="middle">precision</text>

      """
    let path = points.map { "\(number(x($0.x))),\(number(y($0.y)))" }.joined(separator: " ")
    svg += """
      <polyline points="\(path)" fill="none" stroke="var(--trace)" stroke-width="2"/>

      """
    if let threshold,
      let used = points.min(by: {
        ($0.at.threshold - threshold).magnitude < ($1.at.threshold - threshold).magnitude
      })
    {
      svg += """
        <circle cx="\(number(x(used.x)))" cy="\(number(y(used.y)))" r="5" fill="var(--hit)">\
        <title>threshold \(Figures.text(used.at.threshold, places: 4))</title></circle>

        """
      svg += text(
        "in use: \(Figures.text(threshold, places: 4))", x(used.x) - 9, y(used.y) + 16,
        anchor: "end")
    }
    return svg + "</svg>\n"
  }

  private func x(_ share: Double) -> Double {
    Self.left + share * (Self.width - Self.left - Self.right)
  }

  private func y(_ share: Double) -> Double {
    Self.top + (1 - share) * (Self.height - Self.top - Self.bottom)
  }

  private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    """
    <line x1="\(number(x(x1)))" y1="\(number(y(y1)))" x2="\(number(x(x2)))" y2="\(number(y(y2)))" \
    stroke="var(--line)"/>

    """
  }

  private func text(_ text: String, _ x: Double, _ y: Double, anchor: String) -> String {
    "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">"
      + "\(HTMLText.escaped(text))</text>\n"
  }

  private func number(_ value: Double) -> String { Figures.text(value, places: 1) }
}
