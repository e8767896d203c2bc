import Events
import Testing

@testable import Backtesting

@Suite struct LabelTests {
  private func recording(_ name: String, user: String? = nil, device: String? = nil) -> Recording {
    Recording(
      name: name, user: user, device: device, start: 1_000, digits: 0,
      samples: [Sample(time: 1_000, value: 1), Sample(time: 21_000, value: 1)])
  }

  @Test func trialsByTheirColumns() throws {
    let folder = try TestFolder()
    let book = try LabelBook(
      file: folder.write(
        "l.csv",
        """
        is_fall,trial,user,activity,impact_ms,fall_start_ms,fall_end_ms
        1,A,u,F01,5500.0,4000.0,7000.0
        1,B,u,F01,,4000,7000
        1,C,u,F01,,,
        0,D,v,D01,,,

        """))
    #expect(book.kind == .trials && book.count == 4)
    let a = try #require(book.label(of: recording("A")))
    #expect(a.events == [LabelledEvent(impact: 6_500, interval: 5_000...8_000)])
    #expect(a.quiet.isEmpty && !a.isQuietOutside)
    #expect(book.label(of: recording("B"))?.events[0].core == 5_000...8_000)
    #expect(book.label(of: recording("C"))?.events[0].core == 1_000...21_000)
    let d = try #require(book.label(of: recording("D")))
    #expect(d.user == "v" && d.activity == "D01" && d.quiet == [1_000...21_000])
    #expect(book.label(of: recording("E")) == nil)
  }

  @Test func peaksThatAreAnEventsOwn() {
    let moment = LabelledEvent(impact: 10_000, interval: 10_000...10_000)
    #expect(moment.owns(peak: 8_500) && moment.owns(peak: 12_500))
    #expect(!moment.owns(peak: 8_499) && !moment.owns(peak: 12_501))
    let interval = LabelledEvent(interval: 10_000...14_000)
    #expect(interval.owns(peak: 15_000) && !interval.owns(peak: 9_999))
  }

  @Test func windowsOfTheBenchmark() throws {
    let folder = try TestFolder()
    let book = try LabelBook(
      file: folder.write(
        "w.json",
        """
        { "real/a.csv": [["1970-01-01 00:00:02.000000", "1970-01-01 00:00:04.000000"]], "real/b.csv": [] }
        """))
    #expect(book.kind == .benchmark)
    let a = try #require(book.label(of: recording("data/real/a.csv")))
    #expect(a.events == [LabelledEvent(interval: 2_000...4_000)])
    #expect(a.group == "real" && a.quiet.isEmpty && a.isQuietOutside)
    #expect(book.label(of: recording("real/b.csv"))?.quiet == [1_000...21_000])
    #expect(book.label(of: recording("b.csv")) == nil)
  }

  @Test func windowsOfASite() throws {
    let folder = try TestFolder()
    let book = try LabelBook(
      file: folder.write(
        "w.csv",
        """
        user,device,start,end,label
        u,w,1970-01-01T00:00:10Z,12000,confirmed
        u,w,2000,3000,false_alarm
        v,,0,1,normal

        """))
    #expect(book.kind == .windows && book.count == 3)
    let own = try #require(book.label(of: recording("x", user: "u", device: "w")))
    #expect(own.events == [LabelledEvent(interval: 10_000...12_000)])
    #expect(own.quiet == [2_000...3_000] && own.isQuietOutside)
    #expect(book.label(of: recording("x", user: "u")) == nil)
  }

  @Test(arguments: [
    ("trial,is_fall\nA,maybe\n", 2), ("trial,is_fall\nA,1\nA,0\n", 3),
    ("trial,impact_ms\nA,soon\n", 2), ("trial,fall_start_ms,fall_end_ms\nA,5,4\n", 2),
    ("user,device,start,end,label\nu,,0,1,odd\n", 2), ("user,start\nu,0\n", 1),
    ("trial,user\nA\n", 2),
  ])
  func whatIsWrongIsNamedByItsLine(text: String, line: Int) throws {
    let folder = try TestFolder()
    let file = try folder.write("l.csv", text)
    let error = #expect(throws: BacktestError.self) { try LabelBook(file: file) }
    #expect(error?.line == line)
    #expect(error?.kind == .malformed)
  }
}
