/// One trial over its time, as SVG inside a page: its values, its events, and what was said of it.
struct TimelinePlot {
  let trial: TrialDigest
  let scoring: EventScoring

  private static let width = 640.0
  private static let height = 96.0
  /// Where values are drawn; marks are above, times below.
  private static let top = 18.0
  private static let base = 78.0

  private var length: Double { Double(max(1, trial.span.upperBound - trial.span.lowerBound)) }

  var svg: String {
    var svg = """
      <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" \
      aria-label="\(HTMLText.escaped(trial.name))">

      """
    for (event, score) in zip(trial.label.events, trial.score.events) {
      let window = scoring.window(of: event)
      let start = x(window.lowerBound)
      svg += """
        <rect x="\(number(start))" y="\(Int(Self.top))" \
        width="\(number(max(1, x(window.upperBound) - start)))" \
        height="\(Int(Self.base - Self.top))" fill="var(--event)"/>

        """
      let color = score.delay == nil ? "miss" : "hit"
      svg += line(x(event.core.lowerBound), "var(--\(color))", dash: "4 3")
      if event.core.upperBound > event.core.lowerBound {
        svg += line(x(event.core.upperBound), "var(--\(color))", dash: "4 3")
      }
    }
    svg += envelope
    for warning in trial.warnings {
      svg += mark(x(warning.time), fill: "none", stroke: "var(--early)", title: "early warning")
    }
    for alarm in trial.alarms {
      let isFalse = trial.score.falseAlarms.contains(alarm.time)
      let isOutside = trial.score.outsideAlarms.contains(alarm.time)
      let color = isFalse ? "var(--miss)" : isOutside ? "var(--dim)" : "var(--hit)"
      svg += line(x(alarm.time), color, dash: nil)
      svg += mark(
        x(alarm.time), fill: color, stroke: color,
        title: "\(alarm.cause.name) at \(since(alarm.time)): \(alarm.reason)")
    }
    svg += text(since(trial.span.lowerBound), 0, "start")
    svg += text(since(trial.span.upperBound), Self.width, "end")
    return svg + "</svg>\n"
  }

  /// The smallest and the largest values as one band.
  private var envelope: String {
    let high = trial.trace.high.map(Double.init)
    let low = trial.trace.low.map(Double.init)
    let known = high.indices.filter { !high[$0].isNaN }
    guard let least = known.map({ low[$0] }).min(), let most = known.map({ high[$0] }).max() else {
      return ""
    }
    let range = most > least ? most - least : 1
    func place(_ part: Int, _ value: Double) -> String {
      let x = (Double(part) + 0.5) / Double(high.count) * Self.width
      let y = Self.base - (value - least) / range * (Self.base - Self.top)
      return "\(number(x)),\(number(y))"
    }
    let points =
      known.map { place($0, high[$0]) } + known.reversed().map { place($0, low[$0]) }
    let label = "\(Figures.text(least, places: 2)) … \(Figures.text(most, places: 2))"
    return """
      <polygon points="\(points.joined(separator: " "))" fill="var(--trace)" stroke="var(--trace)" \
      stroke-width="1" stroke-linejoin="round"/>
      <text x="\(Int(Self.width / 2))" y="\(Int(Self.height - 4))" text-anchor="middle">\(label)</text>

      """
  }

  private func x(_ time: Int64) -> Double {
    let share = Double(time - trial.span.lowerBound) / length
    return min(1, max(0, share)) * Self.width
  }

  /// A time since the trial's start, in a unit that suits its length.
  private func since(_ time: Int64) -> String {
    let time = Double(time - trial.start) / 1_000
    if length < 2 * 3_600_000 { return "\(Figures.text(time, places: 2)) s" }
    if length < 3 * 86_400_000 { return "\(Figures.text(time / 3_600, places: 2)) h" }
    return "\(Figures.text(time / 86_400, places: 2)) days"
  }

  private func line(_ x: Double, _ color: String, dash: String?) -> String {
    let dashes = dash.map { " stroke-dasharray=\"\($0)\"" } ?? ""
    return """
      <line x1="\(number(x))" y1="\(Int(Self.top))" x2="\(number(x))" y2="\(Int(Self.base))" \
      stroke="\(color)" stroke-width="1.5"\(dashes)/>

      """
  }

  /// A triangle above the values that points down at a time.
  private func mark(_ x: Double, fill: String, stroke: String, title: String) -> String {
    let x = min(Self.width - 7, max(7, x))
    return """
      <path d="M\(number(x - 6)) 4h12l-6 12z" fill="\(fill)" stroke="\(stroke)" stroke-width="1.5">\
      <title>\(HTMLText.escaped(title))</title></path>

      """
  }

  private func text(_ text: String, _ x: Double, _ anchor: String) -> String {
    "<text x=\"\(Int(x))\" y=\"\(Int(Self.height - 4))\" text-anchor=\"\(anchor)\">"
      + "\(HTMLText.escaped(text))</text>\n"
  }

  private func number(_ value: Double) -> String { Figures.text(value, places: 1) }
}
