import Events
import Foundation
import Testing

@Suite("Camera formats")
struct CameraFormatsTests {
  @Test(arguments: CameraFormat.Shape.allCases)
  func recordsOfEachFormat_areDecoded(_ shape: CameraFormat.Shape) throws {
    let fixture = CameraFixture(CameraFixture.format(shape))
    var found = ""
    for line in try CameraFixture.lines("\(shape.rawValue).ndjson") {
      found += try fixture.decoded(line)
    }
    // Tracks are written as ids in the file.
    let expected = try CameraFixture.lines("\(shape.rawValue).expected").map { line in
      line.replacing(#/track (\S+)/#) { "track \(track(String($0.1)))" } + "\n"
    }
    #expect(found == expected.joined())
  }

  @Test func examplesInTheDocumentation_areDecoded() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(
      contentsOf: root.appendingPathComponent("docs/EVENTS.md"), encoding: .utf8)
    let examples = text.matches(of: /```JSON ([a-z]+)\n((?:.|\n)*?)```/)
    #expect(
      Set(examples.map { String($0.1) }) == Set(CameraFormat.Shape.allCases.map(\.rawValue)))
    for example in examples {
      let shape = try #require(CameraFormat.Shape(rawValue: String(example.1)))
      let fixture = CameraFixture(CameraFixture.format(shape))
      #expect(try fixture.decoded(String(example.2)).contains("\n  "), "\(example.1)")
    }
  }

  @Test(arguments: CameraFormat.Shape.allCases)
  func malformedRecords_areRefusedWithTheirReason(_ shape: CameraFormat.Shape) throws {
    var format = CameraFixture.format(shape)
    if shape == .megadetector { format.defaults = CameraTags() }
    format.maxObjects = 10
    format.maxFrames = 20
    let fixture = CameraFixture(format)
    for line in try CameraFixture.lines("\(shape.rawValue).invalid") {
      let space = try #require(line.firstIndex(of: " "))
      let reason = String(line[..<space])
      let record = String(line[line.index(after: space)...])
      try #require(InvalidReason(rawValue: reason) != nil, "\(line)")
      let fault = fixture.fault(record)
      #expect(fault?.reason.rawValue == reason, "\(record) \(fault?.description ?? "")")
      #expect((0...record.utf8.count).contains(fault?.offset ?? 0))
      #expect(fixture.decoder.batch.frames.isEmpty && fixture.decoder.batch.objects.isEmpty)
    }
  }

  @Test func everyReasonForCameras_hasAnExample() throws {
    var tested: Set<String> = [
      // Each has a test of its own below or in the tests of limits.
      "record_too_large", "unknown_user", "unknown_device", "image_format", "low_contrast",
      // Samples only.
      "empty_burst", "burst_too_long", "bad_rate",
    ]
    for shape in CameraFormat.Shape.allCases {
      for line in try CameraFixture.lines("\(shape.rawValue).invalid") {
        tested.insert(String(line.prefix { $0 != " " }))
      }
    }
    #expect(tested == Set(InvalidReason.allCases.map(\.rawValue)))
  }

  @Test func cutRecords_areTruncatedWhereverTheyAreCut() throws {
    for shape in CameraFormat.Shape.allCases {
      let fixture = CameraFixture(CameraFixture.format(shape))
      let line = try #require(try CameraFixture.lines("\(shape.rawValue).ndjson").first)
      let bytes = Array(line.utf8)
      for count in 1..<bytes.count {
        do {
          _ = try fixture.decoded(Array(bytes[..<count]))
          Issue.record("\(shape) cut after \(count) bytes was taken")
        } catch {
          if error.reason != .truncated { Issue.record("\(shape) \(count): \(error)") }
        }
      }
    }
  }

  @Test func sizeLimits_holdToTheByte() throws {
    let record = #"{"user":"c-9","device":"door","ts":1795255200123,"objects":[]}"#
    var format = CameraFormat()
    format.maxRecordBytes = record.utf8.count
    #expect(CameraFixture(format).fault(record) == nil)
    format.maxRecordBytes -= 1
    #expect(CameraFixture(format).fault(record)?.reason == .recordTooLarge)
    let object = #"{"class":"person","probability":0.5}"#
    let three = record.replacing("[]", with: "[\(object),\(object),\(object)]")
    format = CameraFormat()
    format.maxObjects = 3
    #expect(CameraFixture(format).fault(three) == nil)
    format.maxObjects = 2
    #expect(CameraFixture(format).fault(three)?.reason == .tooManyObjects)
  }

  @Test func storageGrows_withTheRecord() throws {
    let fixture = CameraFixture(CameraFormat())
    let objects = (0..<1000).map {
      #"{"class":"c\#($0 % 7)","probability":0.5,"zones":["z\#($0 % 3)","y"]}"#
    }
    let record =
      #"{"user":"c-9","device":"door","ts":1,"objects":[\#(objects.joined(separator: ","))]}"#
    let classes = try fixture.decode(Array(record.utf8)) { batch in
      batch.objects.map { fixture.names.classes.name($0.classID) }
    }
    #expect(classes == (0..<1000).map { "c\($0 % 7)" })
    #expect(fixture.decoder.batch.zoneIDs.count == 2000)
    #expect(try fixture.decoded(#"{"user":"c","device":"d","ts":1,"objects":[]}"#) == "c/d at 1\n")
  }

  @Test func frigatesBoxes_areLeftOutWhereTheFrameIsOfUnknownSize() throws {
    var format = CameraFixture.format(.frigate)
    (format.frameWidth, format.frameHeight) = (nil, nil)
    let line = try #require(try CameraFixture.lines("frigate.ndjson").first)
    #expect(try !CameraFixture(format).decoded(line).contains("box"))
    // The record may say it.
    let sized = line.replacing(#"{"type""#, with: #"{"image":{"width":1280,"height":960},"type""#)
    #expect(
      try CameraFixture(format).decoded(sized).contains("box 337500,516667,87500,372916"))
  }

  @Test func labels_areThoseOfTheStream() throws {
    var format = CameraFixture.format(.tensorflow)
    format.labels = [0: "Hare", 65_535: "hedgehog"]
    let fixture = CameraFixture(format)
    let record = #"{"detection_classes":[0,65535],"detection_scores":[1,0]}"#
    #expect(
      try fixture.decoded(record)
        == "home-1/main at 1795255200000\n  hare 1000000\n  hedgehog 0\n")
    #expect(
      fixture.fault(#"{"detection_classes":[1],"detection_scores":[1]}"#)?.reason == .unknownLabel)
  }

  @Test func fullVocabularies_refuseNewClassesOnly() throws {
    let fixture = CameraFixture(CameraFormat())
    for number in 0..<Vocabulary.limit { _ = fixture.names.classes.intern("k\(number)") }
    func record(_ name: String) -> String {
      #"{"user":"c","device":"d","ts":1,"objects":[{"class":"\#(name)","probability":0.5}]}"#
    }
    #expect(fixture.fault(record("K7")) == nil)
    #expect(fixture.fault(record("new"))?.reason == .badClass)
  }

  @Test func knownClasses_areLowerCaseAndUnique() {
    let classes = CameraFormat.knownClasses
    #expect(Set(classes).count == classes.count)
    #expect(classes.allSatisfy { $0 == $0.lowercased() && !$0.isEmpty && $0.utf8.count <= 128 })
    for name in ["person", "toothbrush", "raccoon", "license_plate", "animal", "vehicle", "hare"] {
      #expect(classes.contains(name))
    }
    #expect(CameraFormat.cocoLabels.count == 80)
    #expect(CameraFormat.cocoLabels[1] == "person" && CameraFormat.cocoLabels[18] == "dog")
    #expect(CameraFormat.cocoLabels[44] == "bottle" && CameraFormat.cocoLabels[90] == "toothbrush")
  }
}
