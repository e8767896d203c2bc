import Events
import Foundation
import Testing

@testable import Backtesting

@Suite struct RecordingTests {
  @Test func trialsOfOneFileComeOneByOne() throws {
    let folder = try TestFolder()
    let file = try folder.write(
      "a.csv",
      "trial,t_ms,ax,ay,az\r\nT1,0.0,0,0,1\r\nT1,20.0,0.3,0.4,0\r\n\r\nT2,0,1,2,-2\r\n")
    let (all, bad, _) = try recordings(file)
    #expect(all.map(\.name) == ["T1", "T2"])
    #expect(all[0].start == RecordingClock.base)
    #expect(all[0].samples.map(\.value) == [1_000_000, 500_000])
    #expect(all[0].samples[1].time == RecordingClock.base + 20)
    #expect(all[0].axes[1] == AxisSample(x: 300, y: 400, z: 0))
    #expect(all[1].samples.map(\.value) == [3_000_000])
    #expect(bad.count == 0)
  }

  @Test func gzippedFilesReadTheSame() throws {
    let folder = try TestFolder()
    let text = Scene.csv
    let plain = try recordings(try folder.write("a.csv", text))
    let zipped = try recordings(try folder.gzip("b.csv.gz", text))
    #expect(plain.recordings.count == Scene.trials.count)
    #expect(plain.recordings.map(\.name) == zipped.recordings.map(\.name))
    #expect(plain.recordings.map(\.samples) == zipped.recordings.map(\.samples))
    #expect(plain.recordings.map(\.axes) == zipped.recordings.map(\.axes))
  }

  @Test func aCutGzippedFileIsAnError() throws {
    let folder = try TestFolder()
    let file = try folder.gzip("a.csv.gz", Scene.csv)
    let whole = try Data(contentsOf: URL(fileURLWithPath: file))
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: file))
    #expect(throws: BacktestError.self) { try recordings(file) }
  }

  @Test func badLinesAreNamedAndTheRestIsRead() throws {
    let folder = try TestFolder()
    let file = try folder.write(
      "a.csv", "trial,t_ms,ax,ay,az\nT,0,0,0,1\nT,20,0,zero,1\nT,x,0,0,1\nT,40,0,1\nT,60,0,0,1\n")
    let (all, bad, _) = try recordings(file)
    #expect(all.map(\.samples.count) == [2])
    #expect(bad.count == 3)
    #expect(bad.examples[0] == "\(file):3: \"zero\" is no number within bounds")
    #expect(bad.examples[1] == "\(file):4: \"x\" is no time")
    #expect(bad.examples[2] == "\(file):5: 4 values for 5 columns")
  }

  @Test func aTrialInTwoPiecesIsAnError() throws {
    let folder = try TestFolder()
    let file = try folder.write("a.csv", "trial,t_ms,value\nT,0,1\nS,0,1\nT,20,1\n")
    let error = #expect(throws: BacktestError.self) { try recordings(file) }
    #expect(error?.line == 4)
  }

  @Test(arguments: [
    ("trial,ax,ay,az", "no column is the time"), ("t_ms,ax,ay", "all three axes"),
    ("t_ms,foo", "no column is a value"), ("ts,time,value", "say the same"),
    ("ts,x,y,z,value", "leave one kind out"),
  ])
  func headersThatCannotBeUsedSayWhy(header: String, why: String) throws {
    let folder = try TestFolder()
    let file = try folder.write("a.csv", header + "\n1,2,3,4,5\n")
    let error = #expect(throws: BacktestError.self) { try recordings(file) }
    #expect(error?.description.contains(why) == true)
    #expect(error?.line == 1)
  }

  @Test func seriesAreReadAtTheFinestResolutionThatHoldsThem() throws {
    let folder = try TestFolder()
    try folder.write("b/small.csv", "timestamp,value\n2014-04-01 00:00:00,0.125\n")
    try folder.write(
      "a/large.csv",
      "timestamp,value\n2014-04-01 00:05:00.500000,863964000\n2014-04-01 00:10:00,1\n")
    try folder.write("a/readme.txt", "no recording")
    try folder.write("a/labels.csv", "trial,user\nT,u\n")
    let (all, _, skipped) = try recordings(folder.path)
    #expect(all.map(\.name) == ["a/large.csv", "b/small.csv"])
    #expect(all[0].digits == 0)
    #expect(all[0].samples.map(\.value) == [863_964_000, 1])
    #expect(all[0].samples[0].time == 1_396_310_700_500)
    #expect(all[1].digits == 9)
    #expect(all[1].samples.map(\.value) == [125_000_000])
    #expect(skipped.count == 1)
    var options = RecordingOptions()
    options.keepsResolution = true
    let kept = try recordings(folder.path, options: options).recordings
    #expect(kept.map(\.digits) == [0, 6])
  }

  @Test func recordsOfTheServiceAreDealtToTheirSubjects() throws {
    let folder = try TestFolder()
    let file = try folder.write(
      "a.ndjson",
      """
      {"user":"u","device":"w","ts":1795255200000,"x":0,"y":0,"z":1}
      {"user":"v","ts":1795255200000,"acc":1.5}
      nonsense
      {"user":"u","device":"w","t0":1795255200020,"hz":50,"samples":[[0,0,2],[0,0,3]]}

      """)
    let (all, bad, _) = try recordings(file)
    #expect(all.map(\.name) == ["u/w", "v"])
    #expect(all[0].user == "u" && all[0].device == "w")
    #expect(all[0].samples.map(\.value) == [1_000_000, 2_000_000, 3_000_000])
    #expect(all[0].axes.map(\.z) == [1_000, 2_000, 3_000])
    #expect(all[1].axes.isEmpty)
    #expect(bad.count == 1)
    #expect(bad.examples.first?.hasPrefix("\(file):3:") == true)
  }

  @Test func aFileOfSeveralUsersIsDealtToThem() throws {
    let folder = try TestFolder()
    let file = try folder.write(
      "a.csv", "user,ts,acc\nu,1000,1\nv,1000,2\n\"u\",1020,1.5\n")
    let (all, _, _) = try recordings(file)
    #expect(all.map(\.name) == ["u", "v"])
    #expect(all.map(\.samples.count) == [2, 1])
    #expect(all[0].start == 1_000)
  }

  @Test func whatIsNotThereIsUnreadable() throws {
    let folder = try TestFolder()
    for path in ["\(folder.path)/none.csv", folder.path] {
      let error = #expect(throws: BacktestError.self) { try recordings(path) }
      #expect(error?.kind == .unreadable)
    }
  }
}
