import Detection
import Events
import Foundation
import Store
import Testing

@testable import Dashboard

/// A row has one form, wherever it comes from.
@Suite struct RowFormTests {
  /// The rows' texts as the feed, the snapshot, the catch-up and the interface give them.
  private func forms(_ room: Room, after base: Int64, watcher: StreamClient) throws -> [[String]] {
    let count = room.identities.count
    #expect(watcher.read { $0.statuses.count >= count })
    let live = watcher.statuses.suffix(count).map(\.data)
    let resumed = try room.watch("/events?since=\(base)")
    #expect(resumed.read { $0.isLive })
    let fresh = try room.watch()
    #expect(fresh.read { $0.isLive })
    let single = try room.identities.map { identity in
      let path = [identity.kind, identity.user, identity.device].map(escaped).joined(separator: "/")
      return try room.get("/api/v1/status/\(path)").body
    }
    return [
      live, resumed.statuses.map(\.data), single, inside(fresh.named("snapshot")[0].data, "rows"),
      inside(try room.get("/api/v1/status?sort=revision&order=asc").body, "items"),
    ]
  }

  /// The texts of the objects in an array of rows, in which nothing follows an object's end but a name.
  private func inside(_ text: String, _ name: String) -> [String] {
    guard let start = text.range(of: "\"\(name)\":[")?.upperBound,
      let last = text.range(of: "}],", options: .backwards)
    else { return [] }
    return text[start...last.lowerBound].components(separatedBy: "},{").enumerated().map {
      place, part in
      var part = part
      if !part.hasPrefix("{") { part = "{" + part }
      if !part.hasSuffix("}") { part += "}" }
      return part
    }
  }

  @Test func whereASubjectIsStandsInItsRow() throws {
    let room = try Room(wearers(3))
    let watcher = try room.watch()
    #expect(watcher.read { $0.isLive })
    let base = room.store.currentRevision
    var (first, second) = (row(0), row(1))
    first.location = GeoLocation(latitude: -33.865143, longitude: 151.2099)
    first.timeZone = "Australia/Sydney"
    first.site = "s \"1\""
    second.location = GeoLocation(latitude: 0, longitude: -0.000001)
    try room.apply(first, second, row(2))
    let forms = try forms(room, after: base, watcher: watcher)
    for form in forms { #expect(form == forms[0]) }
    let ends = [
      #"""
      ,"location":{"latitude":-33.865143,"longitude":151.2099},"timezone":"Australia/Sydney",\#
      "site":"s \"1\""}
      """#,
      #","location":{"latitude":0,"longitude":-0.000001},"timezone":"","site":""}"#,
      #","location":null,"timezone":"","site":""}"#,
    ]
    for (text, end) in zip(forms[0], ends) { #expect(text.hasSuffix(end), "\(text)") }
  }

  @Test func liveSnapshotAndInterfaceAgreeToTheByte() throws {
    let room = try Room(
      wearers(3) + [SubjectIdentity(kind: "truck", user: "t \"1\"", device: "")])
    let watcher = try room.watch()
    #expect(watcher.read { $0.isLive })
    let base = room.store.currentRevision
    try room.apply(
      row(0, .danger, previous: .warning, value: 1.0 / 3, mean: 1e-7, std: 3, score: 1e9),
      row(1, value: nil, mean: nil, std: nil, score: nil, reason: "“quoted”\n\\", offset: nil),
      row(2, since: -1, lastSeen: 0, value: -0.000001), row(3, .stale, previous: .safe))
    let forms = try forms(room, after: base, watcher: watcher)
    for form in forms { #expect(form == forms[0]) }
  }

  @Test func aRestoredRowKeepsTheConfigurationItWasJudgedBy() throws {
    let folder: String
    do {
      let room = try Room(wearers(2) + [SubjectIdentity(kind: "old", user: "x", device: "")])
      folder = room.folder + "-kept"
      try room.apply(row(0), row(1), row(2))
      try FileManager.default.copyItem(atPath: room.folder, toPath: folder)
    }
    let room = try Room(in: folder)
    let newer = ConfigurationVersion(
      version: "ffff", text: "other", firstUsed: moment, units: ["wearer": "mg"])
    try room.store.useConfiguration(newer)
    room.feed.useConfiguration(newer)
    var index: UInt32 = 0
    var restored: [SubjectIdentity] = []
    try room.store.forEachStatus { identity, _, _ in
      defer { index += 1 }
      room.feed.restore(index, identity)
      restored.append(identity)
      return index
    }
    #expect(restored.count == 3)
    let base = room.store.currentRevision
    let watcher = try room.watch("/events?since=\(base)")
    #expect(watcher.read { $0.isLive })
    try room.apply(
      row(0, transition: false, value: 2), row(1, .danger, previous: .safe),
      row(2, transition: false, value: 3))
    #expect(watcher.read { $0.statuses.count == 3 })
    let configs = watcher.statuses.map { $0.json["config"] as? String }
    #expect(configs == ["a1b2c3d4", "ffff", "a1b2c3d4"])
    #expect(watcher.statuses.map { $0.json["unit"] as? String } == ["mg", "mg", ""])
    let page = try room.get("/api/v1/status?sort=revision&order=asc").body
    for status in watcher.statuses { #expect(page.contains(status.data)) }
  }
}

func escaped(_ text: String) -> String {
  text.utf8.map { byte in
    let isPlain =
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    return isPlain ? String(UnicodeScalar(byte)) : String(format: "%%%02X", byte)
  }.joined()
}

@Suite struct HostileNameTests {
  static let names = [
    "\"", "\\", "</script><script>alert(1)</script>", "a/b", "../../etc/passwd", "%2F", "a b+c",
    "é💥漢字", "\u{202e}gnp.exe", "\u{0}", "x\u{0}y", "\n\r\t\u{1}\u{1f}\u{7f}",
    "'; DROP TABLE status;--",
    "trace", "?a=b#c", ".", "..", "{{7*7}}", String(repeating: "ü", count: 128), "e\u{301}", "é",
    "a\u{feff}", "\u{2028}", ",", "*",
  ]

  @Test func namesComeBackAsTheyWereSent() throws {
    let identities = Self.names.map { SubjectIdentity(kind: "wearer", user: $0, device: $0) }
    let room = try Room(identities)
    let watcher = try room.watch()
    #expect(watcher.read { $0.isLive })
    var decisions = Decisions()
    decisions.rows = identities.indices.map { row(UInt32($0), reason: Self.names[$0]) }
    try room.apply(decisions)
    #expect(watcher.read { $0.statuses.count == identities.count })
    func bytes(_ text: Any?) -> [UInt8]? { (text as? String).map { Array($0.utf8) } }
    for (name, event) in zip(Self.names, watcher.statuses) {
      let expected = Array(name.utf8)
      #expect(bytes(event.json["user"]) == expected)
      #expect(bytes(event.json["reason"]) == expected)
      let path = escaped(name)
      for target in [
        "/api/v1/status/wearer/\(path)", "/api/v1/status/wearer/\(path)/\(path)",
        "/api/v1/wearers/\(path)/\(path)/trace", "/api/v1/subjects/wearer/\(path)/trace",
      ] {
        let answer = try room.get(target)
        #expect(answer.status == 200, "\(target)")
        #expect(bytes(answer.json["user"]) == expected, "\(target)")
      }
      let page = try room.get("/api/v1/status?prefix=\(path)").json
      let users = (page["items"] as? [[String: Any]])?.map { bytes($0["user"]) }
      #expect(users?.contains(expected) == true)
      let one = try room.watch("/events?user=\(path)")
      #expect(one.read { $0.isLive })
      #expect(one.named("snapshot").last?.rows.count == 1, "\(path)")
    }
  }
}
