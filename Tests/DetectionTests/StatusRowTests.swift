import Events
import Testing

@testable import Detection

struct StatusRowTests {
  private static func row() -> StatusRow {
    StatusRow(
      subject: 1, state: .safe, previousState: .unknown, isTransition: false, since: 1, lastSeen: 2,
      lastArrival: 3, value: nil, mean: 0, std: nil, score: 1.5, reason: "r", cause: nil,
      evidence: [])
  }

  @Test func whatIsAbsent_IsTakenAndGivenLikeWhatIsThere() {
    var row = Self.row()
    #expect(row.value == nil && row.mean == 0 && row.std == nil && row.score == 1.5)
    #expect(row.cause == nil && row.evidence.isEmpty && row.location == nil)
    #expect(row.timeZone.isEmpty && row.site.isEmpty)
    row.value = -2
    row.mean = nil
    row.cause = RecordOrigin(partition: 7, offset: 0)
    row.site = "here"
    row.location = GeoLocation(latitude: 1, longitude: 2)
    let copy = row
    row.evidence = [1]
    row.location = nil
    row.timeZone = "UTC"
    row.site = ""
    row.cause = nil
    #expect(row.value == -2 && row.mean == nil)
    #expect(row.evidence == [1] && row.location == nil && row.timeZone == "UTC" && row.site.isEmpty)
    #expect(row.cause == nil)
    #expect(copy.site == "here" && copy.evidence.isEmpty && copy.timeZone.isEmpty)
    #expect(copy.location?.longitude == 2)
    #expect(copy.cause == RecordOrigin(partition: 7, offset: 0))
  }

  @Test(arguments: ["", "no data", "no data ", "within its usual range", "abnormal: 3 g", "ü"])
  func anyReason_IsGivenBack(reason: String) {
    var row = Self.row()
    row.reason = reason
    #expect(row.reason == reason)
    let built = StatusRow(
      subject: 1, state: .safe, previousState: .unknown, isTransition: false, since: 1,
      lastSeen: 2, lastArrival: 3, value: nil, mean: 0, std: nil, score: 1.5, reason: reason,
      cause: nil, evidence: [])
    #expect(built.reason == reason)
    row.site = "here"
    row.reason = "no data"
    #expect(row.reason == "no data" && row.site == "here")
    row.reason = reason
    #expect(row.reason == reason && row.site == "here")
  }

  @Test func aRowIsSmall() {
    #expect(MemoryLayout<StatusRow>.stride <= 80)
  }
}
