import Detection

extension Schedule {
  private static let dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  /// Reads `{days: mon-fri, from: "22:00", to: "06:00", timezone: device}`.
  init(_ node: StrictNode) throws {
    self.init()
    var schedule = self
    try node.mapping([
      "days": { schedule.days = try $0.items().reduce(0) { try $0 | Self.days($1) } },
      "from": { schedule.from = try Self.minutes($0, upTo: 1439) },
      "to": { schedule.to = try Self.minutes($0, upTo: 1440) },
      "timezone": { node in
        let name = try node.nonEmptyText()
        schedule.zone = name == "device" ? .device : .named(name)
      },
    ])
    guard ["days", "from", "to"].contains(where: { node.child($0) != nil }) else {
      throw node.error("has neither days nor from and to")
    }
    self = schedule
  }

  /// `mon`, `mon-fri`, `fri-mon` or `daily`, as the bits of its days.
  private static func days(_ node: StrictNode) throws -> UInt8 {
    let text = try node.text()
    if text.asciiLowercased == "daily" { return 0x7f }
    let ends = text.asciiLowercased.split(separator: "-", omittingEmptySubsequences: false)
      .map { dayNames.firstIndex(of: String($0)) }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1] else {
      throw node.error(
        "\"\(text)\" is neither a day (\(dayNames.joined(separator: ", "))), nor days like mon-fri, "
          + "nor daily")
    }
    let count = (last - first + 7) % 7 + 1
    return (0..<count).reduce(0) { $0 | 1 << UInt8((first + $1) % 7) }
  }

  /// `HH:MM` as minutes after midnight.
  private static func minutes(_ node: StrictNode, upTo last: Int) throws -> Int {
    let text = try node.text()
    guard let match = text.wholeMatch(of: /([0-9]{1,2}):([0-9]{2})/),
      let hour = Int(match.1), let minute = Int(match.2), minute < 60, 60 * hour + minute <= last
    else {
      throw node.error(
        "\"\(text)\" is not a time of day from \"00:00\" to \"\(last == 1440 ? "24:00" : "23:59")\""
      )
    }
    return 60 * hour + minute
  }

  /// The days as they are written: `mon-fri`, or a list.
  var daysText: String {
    guard days != 0x7f else { return "daily" }
    let names = (0..<7).filter { days & 1 << UInt8($0) != 0 }
    if let first = names.first, let last = names.last, names.count > 2,
      last - first == names.count - 1
    {
      return "\(Self.dayNames[first])-\(Self.dayNames[last])"
    }
    return "[\(names.map { Self.dayNames[$0] }.joined(separator: ", "))]"
  }

  /// Minutes after midnight as `HH:MM`.
  static func text(_ minutes: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(minutes / 60)):\(two(minutes % 60))"
  }
}
