import Events
import Testing

@Suite("Record format")
struct RecordFormatTests {
  private func setting(_ change: (inout RecordFieldNames) -> Void) -> String? {
    var names = RecordFieldNames()
    change(&names)
    do {
      _ = try RecordFormat(names: names)
      return nil
    } catch {
      return error.setting
    }
  }

  @Test func contradictions_nameTheSettingAtFault() {
    #expect(setting { _ in } == nil)
    #expect(setting { $0.device.append("user") } == "fields.device")
    #expect(setting { $0.user = ["u", "u"] } == "fields.user")
    #expect(setting { $0.user = [] } == "fields.user")
    #expect(setting { $0.time = [] } == "fields.time")
    #expect(setting { $0.x = [""] } == "fields.x")
    #expect(setting { $0.x = [] } == "fields.x")
    #expect(setting { $0.rate = [] } == "fields.rate")
    #expect(setting { $0.burstStart = [] } == "fields.burstStart")
    #expect(setting { $0.latitude = [] } == "fields.latitude")
    #expect(setting { $0.longitude = [] } == "fields.longitude")
    #expect(setting { ($0.latitude, $0.longitude, $0.timezone, $0.site) = ([], [], [], []) } == nil)
    #expect(setting { $0.value = [String(repeating: "n", count: 257)] } == "fields.value")
    #expect(setting { $0.value = (0..<17).map { "n\($0)" } } == "fields.value")
    #expect(
      setting {
        for field in [RecordField.value, .x, .y, .z, .samples] { $0[field] = [] }
      } == "fields")
    #expect(
      setting {
        for field in [RecordField.x, .y, .z, .samples, .burstStart, .rate] { $0[field] = [] }
      } == nil)
  }

  @Test func numbersOutOfRange_areRefused() {
    #expect(throws: RecordFormatError.self) { try RecordFormat(digits: -1) }
    #expect(throws: RecordFormatError.self) { try RecordFormat(digits: 10) }
    #expect(throws: RecordFormatError.self) { try RecordFormat(maxRecordBytes: 0) }
    #expect(throws: RecordFormatError.self) { try RecordFormat(maxRecordBytes: 1 << 26 + 1) }
    #expect(throws: RecordFormatError.self) { try RecordFormat(maxFutureSkew: -1) }
    #expect(throws: RecordFormatError.self) { try RecordFormat(maxBurstSamples: 0) }
    #expect(throws: RecordFormatError.self) { try RecordFormat(maxBurstSamples: 1_000_001) }
  }

  @Test func error_saysWhatIsWrong() {
    var names = RecordFieldNames()
    names.device = ["user"]
    let error = #expect(throws: RecordFormatError.self) { try RecordFormat(names: names) }
    #expect(error?.description == "fields.device: `user` is also a name of `user`")
  }
}
