import Detection
import Testing

@testable import Store

struct JudgementTests {
  private func version(_ name: String) -> JudgementVersion {
    JudgementVersion(version: name, text: "text of \(name)", firstUsed: moment)
  }

  @Test func aBatchsRowsCarryTheJudgementThatCameWithIt() throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    let reader = try StoreReader(path: folder.database)
    func configuration(_ camera: UInt32) throws -> String? {
      let identity = camera % 5 == 4 ? "thermal" : "camera"
      return try reader.status(
        kind: identity, user: "c-\(camera / 2)", device: camera % 2 == 0 ? "door" : "yard")?
        .configVersion
    }
    var batch = Decisions()
    batch.rows = [row(0)]
    batch.threats = [threat(0)]
    try store.apply(batch)
    #expect(try configuration(0) == "a1b2c3d4")
    batch.judgement = version("second")
    batch.rows = [row(1)]
    batch.equipmentFaults = [fault(1)]
    try store.apply(batch)
    batch.judgement = nil
    batch.rows = [row(2)]
    try store.apply(batch)
    #expect(try configuration(0) == "a1b2c3d4")
    #expect(try configuration(1) == "second" && configuration(2) == "second")
    #expect(
      try reader.threatPage(ThreatQuery()).items.map(\.judgement)
        == ["second", "second", "a1b2c3d4"])
    #expect(
      try texts("SELECT config_version FROM equipment_faults", store.connection)
        == ["second", "second"])
    #expect(try reader.judgement(version: "second") == version("second"))
    #expect(try reader.judgement(version: "a1b2c3d4")?.text == "streams: []")
    #expect(try reader.judgement(version: "none") == nil)
  }

  @Test func eachEngineKeepsItsOwnUntilItAnnouncesAnother() throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    let reader = try StoreReader(path: folder.database)
    func judgement(engine: Int, _ judgement: JudgementVersion? = nil) throws -> String? {
      var batch = Decisions()
      batch.subjects = [NewSubject(index: 0, identity: camera(0))]
      batch.judgement = judgement
      batch.threats = [threat(0)]
      try store.apply(batch, engine: engine)
      let newest = try texts("SELECT max(id) FROM threat_rows", store.connection)[0]
      return try reader.threat(Int64(newest) ?? 0)?.judgement
    }
    #expect(try judgement(engine: 0, version("new")) == "new")
    #expect(try judgement(engine: 1) == "a1b2c3d4", "it has not yet taken up the new rules")
    #expect(try judgement(engine: 1, version("new")) == "new")
    #expect(try judgement(engine: 0, version("newer")) == "newer")
    #expect(try judgement(engine: 1) == "new")
    #expect(try judgement(engine: 0, version("new")) == "new", "a version may come back")
    try store.useConfiguration(
      ConfigurationVersion(version: "all", text: "", firstUsed: moment, units: [:]))
    #expect(try judgement(engine: 0) == "all" && judgement(engine: 1) == "all")
    #expect(try texts("SELECT count(*) FROM config_versions", store.connection) == ["4"])
  }
}
