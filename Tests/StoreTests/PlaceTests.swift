import Detection
import Events
import Testing

@testable import Store

/// Where a subject is, as its status row keeps it.
struct PlaceTests {
  private func placed(_ transition: Bool, _ latitude: Double, _ zone: String, _ site: String)
    -> StatusRow
  {
    var row = row(0, .danger, transition: transition)
    row.location = GeoLocation(latitude: latitude, longitude: 151.215_297)
    row.timeZone = zone
    row.site = site
    return row
  }

  @Test func itIsWrittenReadAndRestored() throws {
    let folder = try TemporaryFolder()
    var store = try makeStore(folder)
    let reader = try StoreReader(path: folder.database)
    func status(_ user: Int = 0) throws -> StatusRecord {
      try #require(try reader.status(kind: "wearer", user: "u-\(user)", device: "watch"))
    }
    var batch = Decisions()
    batch.rows = [placed(true, -33.856_784, "Australia/Sydney", "s-1"), row(1)]
    try store.apply(batch)
    #expect(try status().location == GeoLocation(latitude: -33.856_784, longitude: 151.215_297))
    #expect(try status().timeZone == "Australia/Sydney" && status().site == "s-1")
    #expect(try status(1).location == nil && status(1).timeZone == "" && status(1).site == "")
    // A refresh takes it along.
    batch.rows = [placed(false, 0, "Europe/Berlin", "Nürnberg")]
    try store.apply(batch)
    #expect(try status().location?.latitude == 0 && status().stateRevision == 1)
    #expect(try status().timeZone == "Europe/Berlin" && status().site == "Nürnberg")
    #expect(try reader.statusPage(StatusQuery()).items.compactMap(\.location).count == 1)
    #expect(
      try texts(
        """
        SELECT site || ' ' || latitude || ' ' || longitude || ' ' || time_zone FROM status
        WHERE site IS NOT NULL
        """, store.connection) == ["Nürnberg 0.0 151.215297 Europe/Berlin"])
    store.close()
    store = try Store(path: folder.database)
    var restored: [StatusRow] = []
    try store.forEachStatus { _, row, _ in
      restored.append(row)
      return row.subject
    }
    #expect(restored[0].location == GeoLocation(latitude: 0, longitude: 151.215_297))
    #expect(restored[0].timeZone == "Europe/Berlin" && restored[0].site == "Nürnberg")
    #expect(restored[1].location == nil && restored[1].timeZone == "" && restored[1].site == "")
    // And one that knows of no place any more leaves none.
    batch.rows = [row(0, .safe)]
    try store.apply(batch)
    #expect(try status().location == nil && status().site == "")
  }
}
