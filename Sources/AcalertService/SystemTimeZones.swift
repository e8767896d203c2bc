import Events
import Foundation
import Synchronization

extension TimeZoneTable {
  /// A table of the zones of the IANA database, each worked out at its first use.
  public static func system() -> TimeZoneTable {
    TimeZoneTable { ZoneOffsets.system($0) }
  }
}

extension ZoneOffsets {
  /// The offsets of a zone of the IANA database from 1970 to 2100, as Foundation knows them (from the ICU
  /// that it brings along, so that it does not matter what is installed); `nil` if there is no such zone.
  ///
  /// Case does not count. Abbreviations that are no names of that database (`PST`, `IST`) mean nothing,
  /// for they mean several things. Costs about a millisecond at a zone's first use; may be called on any
  /// thread.
  public static func system(_ name: String) -> ZoneOffsets? {
    guard let identifier = SystemTimeZones.identifier(of: name) else { return nil }
    return SystemTimeZones.known.withLock { known in
      if let offsets = known[identifier] { return offsets }
      guard let zone = TimeZone(identifier: identifier) else { return nil }
      let offsets = ZoneOffsets(changes: SystemTimeZones.changes(of: zone))
      known[identifier] = offsets
      return offsets
    }
  }
}

/// What the process has worked out so far of the zones of the IANA database.
private enum SystemTimeZones {
  /// Zones by identifier; bounded by the number of zones there are.
  static let known = Mutex<[String: ZoneOffsets]>([:])

  /// Names without a slash, as the database spells them: everything else without one is an abbreviation
  /// (https://data.iana.org/time-zones/tzdb/backward, and the files `etcetera` and `northamerica`).
  static let plain: [String: String] = names(
    """
    UTC GMT UCT Zulu Universal Greenwich GMT0 GMT+0 GMT-0 EST MST HST EST5EDT CST6CDT MST7MDT PST8PDT \
    CET MET EET WET Cuba Egypt Eire GB GB-Eire Hongkong Iceland Iran Israel Jamaica Japan Kwajalein \
    Libya Navajo NZ NZ-CHAT Poland Portugal PRC ROC ROK Singapore Turkey W-SU
    """.split(separator: " ").map(String.init))

  /// The most used of the others, by their names in lower case.
  static let spelled: [String: String] = names(TimeZone.knownTimeZoneIdentifiers)

  private static func names(_ identifiers: [String]) -> [String: String] {
    Dictionary(identifiers.map { ($0.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// How the database spells a name; Foundation wants it to the letter.
  static func identifier(of name: String) -> String? {
    let lower = name.lowercased()
    if let identifier = plain[lower] ?? spelled[lower] { return identifier }
    // Zones that have been renamed (`Asia/Calcutta`, now `Asia/Kolkata`) and links (`US/Eastern`) are in
    // no list, but are found by their names: every part of one is a word, or capitals.
    let parts = lower.split(separator: "/", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), lower.utf8.count <= 64,
      lower.wholeMatch(of: /[a-z0-9_+\/-]+/) != nil
    else { return nil }
    var spellings = [""]
    for part in parts {
      spellings = spellings.flatMap { begun in
        [capitalized(part), part.uppercased()].map { begun.isEmpty ? $0 : "\(begun)/\($0)" }
      }
    }
    return spellings.first { TimeZone(identifier: $0) != nil }
  }

  /// `new_york` as `New_York`.
  private static func capitalized(_ part: Substring) -> String {
    var isStart = true
    return String(
      part.map { letter in
        defer { isStart = !letter.isLetter }
        return isStart ? Character(letter.uppercased()) : letter
      })
  }

  /// Looks at each week's offset, and for the second of a change where two weeks differ. No zone has
  /// changed its clocks twice within a week since 1970; the tests look at every half day.
  static func changes(of zone: TimeZone) -> [ZoneOffsets.Change] {
    func offset(_ second: Int64) -> Int64 {
      Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second))))
    }
    let week: Int64 = 7 * 86_400
    let end: Int64 = 4_102_444_800  // 2100-01-01T00:00:00Z
    var current = offset(0)
    var changes = [ZoneOffsets.Change(from: 0, offset: 1000 * current)]
    var start: Int64 = 0
    while start < end {
      let next = offset(start + week)
      if next != current {
        var before = start
        var after = start + week
        while after - before > 1 {
          let middle = before + (after - before) / 2
          if offset(middle) == current { before = middle } else { after = middle }
        }
        changes.append(ZoneOffsets.Change(from: 1000 * after, offset: 1000 * next))
        current = next
      }
      start += week
    }
    return changes
  }
}
