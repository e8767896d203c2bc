/// Building blocks of a page: every text that comes from recordings or labels goes through `escaped`.
enum HTMLText {
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// A table; the first cell of each row names it, the others are figures.
  static func table(_ header: [String], _ rows: [[String]]) -> String {
    var html = "<div class=\"scroll\"><table><thead><tr>"
    for cell in header { html += "<th>\(escaped(cell))</th>" }
    html += "</tr></thead><tbody>\n"
    for row in rows {
      html += "<tr>"
      for (column, cell) in row.enumerated() {
        html += column == 0 ? "<th>\(escaped(cell))</th>" : "<td>\(escaped(cell))</td>"
      }
      html += "</tr>\n"
    }
    return html + "</tbody></table></div>\n"
  }

  /// The page's own style: nothing is loaded from anywhere.
  static let style = """
    :root { color-scheme: light dark; --ink: #1c2430; --dim: #5b6675; --paper: #ffffff; --line: #d8dee6;
      --card: #f5f7fa; --trace: #5b7fa8; --hit: #1a7f4b; --miss: #c62f2f; --early: #b26a00;
      --event: #1a7f4b26; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --dim: #98a3b3; --paper: #12161c;
      --line: #313a46; --card: #1b212a; --trace: #7ea6d6; --hit: #4cc38a; --miss: #ff7b72;
      --early: #f0b35c; --event: #4cc38a2e; } }
    body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; background: var(--paper); color: var(--ink);
      font: 15px/1.5 system-ui, sans-serif; }
    h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
    p { margin: .25rem 0; } .dim { color: var(--dim); }
    .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .75rem;
      margin: 1rem 0; }
    .card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
      padding: .6rem .8rem; }
    .card b { display: block; font-size: 1.4rem; font-variant-numeric: tabular-nums; }
    .card small { color: var(--dim); }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
    th, td { padding: .2rem .6rem; border-bottom: 1px solid var(--line); text-align: right;
      white-space: nowrap; }
    thead th { white-space: normal; vertical-align: bottom; }
    th:first-child { text-align: left; } tbody th { font-weight: normal; }
    svg { display: block; width: 100%; height: auto; } svg text { fill: var(--dim); font-size: 11px; }
    figure { margin: .5rem 0 1rem; } figcaption { overflow-wrap: anywhere; }
    details > summary { cursor: pointer; margin: .5rem 0; }
    .key span { margin-right: 1.2rem; white-space: nowrap; } .key i { font-style: normal; }
    """
}
