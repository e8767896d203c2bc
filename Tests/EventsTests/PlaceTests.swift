import Events
import Testing

/// Where the subject of a record is: latitude, longitude, time zone and site.
@Suite("Places")
struct PlaceTests {
  /// A record of each shape, with a place for further members at its front.
  private static let shapes: [@Sendable (String) -> String] = [
    { #"{\#($0)"userid": "0", "time": "2017-10-01 19:53:03 123456", "acc": "1.23"}"# },
    { #"{\#($0)"user":"u-17","device":"watch","ts":1,"x":0.01,"y":-0.02,"z":0.99}"# },
    { #"{\#($0)"user":"u-17","device":"watch","t0":1,"hz":50,"samples":[[0,0,1],[0,0,2]]}"# },
    { #"{\#($0)"user":"u-17","t0":1,"hz":50,"samples":[1,2,3]}"# },
  ]

  private var zones: TimeZoneTable {
    TimeZoneTable { ["europe/zurich", "utc"].contains($0) ? ZoneOffsets.utc : nil }
  }

  private func place(_ members: String, timeZones: TimeZoneTable? = nil) throws -> [Decoded] {
    let decoder = RecordDecoder(timeZones: timeZones)
    return try Self.shapes.map { try decoder.decoded(Array($0(members).utf8)) }
  }

  private func faults(_ members: String, timeZones: TimeZoneTable? = nil) -> [InvalidRecord] {
    let decoder = RecordDecoder(timeZones: timeZones)
    return Self.shapes.compactMap { shape in
      do throws(InvalidRecord) {
        _ = try decoder.decoded(Array(shape(members).utf8))
        return nil
      } catch {
        return error
      }
    }
  }

  @Test(arguments: [
    #""latitude":47.3768866,"longitude":-8.541694,"timezone":"Europe/Zurich","site":"home","#,
    #""site":"home","longitude":"-8.541694","latitude":"47.3768866","timezone":"Europe/Zurich","#,
    #""l\u0061titude":473768866e-7,"longitude":"-8\u002e541694","timezone":"Europe\/Zurich","site":"h\u006fme","#,
    #""latitude": 47.376886600000000000000000001 ,"longitude":-8.54169399999, "site":"home","timezone":"Europe/Zurich","#,
  ])
  func placesOfAllShapes_areRead(_ members: String) throws {
    for record in try place(members, timeZones: zones) {
      #expect(record.location == GeoLocation(latitude: 47.3768866, longitude: -8.541694))
      #expect(record.timeZone == "Europe/Zurich")
      #expect(record.site == "home")
    }
  }

  @Test func eachPart_mayComeAlone_butForLatitudeAndLongitude() throws {
    for record in try place(#""site":12,"#) {
      #expect(record.site == "12" && record.location == nil && record.timeZone.isEmpty)
    }
    for record in try place(#""timezone":"utc","#) { #expect(record.timeZone == "utc") }
    for record in try place(#""latitude":0,"longitude":-0.0,"#) {
      #expect(record.location == GeoLocation(latitude: 0, longitude: 0))
    }
    for (members, field) in [
      (#""latitude":1,"#, FieldName.longitude), (#""longitude":1,"#, .latitude),
      (#""latitude":1,"longitude":null,"#, .longitude),
      (#""latitude":null,"longitude":"1","#, .latitude),
    ] {
      let found = faults(members)
      #expect(found.count == 4)
      #expect(found.allSatisfy { $0.reason == .missingField && $0.field == field }, "\(members)")
    }
  }

  @Test(arguments: [
    "", #""latitude":null,"longitude":null,"timezone":null,"site":null,"#,
    #""site":"","timezone":"","#,
  ])
  func nullAndEmptyTexts_sayNothing(_ members: String) throws {
    let decoder = RecordDecoder()
    for shape in Self.shapes {
      _ = try decoder.decoded(Array(shape(#""site":"s","latitude":1,"longitude":2,"#).utf8))
      #expect(decoder.place != nil)
      // Nothing stays from the record before.
      _ = try decoder.decoded(Array(shape(members).utf8))
      #expect(decoder.place == nil)
    }
  }

  @Test(arguments: [
    ("90", "180", 90.0, 180.0), ("-90", "-180", -90, -180), ("90.00000004", "0", 90, 0),
    ("1e-8", "-5e-8", 0, -1e-7), ("12.34567891", "123.45678999", 12.3456789, 123.45679),
    ("89.99999995", "-0.00000014", 90, -1e-7),
  ])
  func degrees_areRoundedToTenMillionths(
    _ latitude: String, _ longitude: String, _ north: Double, _ east: Double
  ) throws {
    for quote in ["", "\""] {
      let record = try decode(
        #"{"user":"u","ts":1,"acc":1,"latitude":\#(quote)\#(latitude)\#(quote),"longitude":\#(longitude)}"#
      )
      #expect(record.location == GeoLocation(latitude: north, longitude: east))
    }
  }

  @Test(arguments: [
    (#""latitude":90.0000001,"longitude":0,"#, InvalidReason.outOfBounds, FieldName.latitude),
    (#""latitude":"-91","longitude":0,"#, .outOfBounds, .latitude),
    (#""latitude":0,"longitude":180.00000005,"#, .outOfBounds, .longitude),
    (#""longitude":-1e308,"latitude":0,"#, .outOfBounds, .longitude),
    (#""latitude":473768866,"longitude":85416940,"#, .outOfBounds, .latitude),
    (#""latitude":1e999,"longitude":0,"#, .notFinite, .latitude),
    (#""latitude":0,"longitude":"NaN","#, .notFinite, .longitude),
    (#""latitude":0,"longitude":NaN,"#, .notFinite, .longitude),
    (#""latitude":"47 N","longitude":0,"#, .wrongType, .latitude),
    (#""latitude":"","longitude":0,"#, .wrongType, .latitude),
    (#""latitude":true,"longitude":0,"#, .wrongType, .latitude),
    (#""latitude":0,"longitude":[8],"#, .wrongType, .longitude),
    (#""latitude":0,"latitude":0,"longitude":0,"#, .duplicateField, .latitude),
    (#""longitude":null,"longit\u0075de":0,"latitude":0,"#, .duplicateField, .longitude),
    (#""site":"a","site":"a","#, .duplicateField, .site),
    (#""timezone":"utc","timezone":null,"#, .duplicateField, .timezone),
    (#""site":{},"#, .wrongType, .site), (#""site":1.5,"#, .wrongType, .site),
    (#""timezone":true,"#, .wrongType, .timezone),
    (#""timezone":"Mars/Olympus","#, .badTimezone, .timezone),
    (#""timezone":"Europe/Zürich","#, .badTimezone, .timezone),
    (#""timezone":7,"#, .badTimezone, .timezone),
  ])
  func badPlaces_makeTheRecordInvalid(
    _ members: String, _ reason: InvalidReason, _ field: FieldName
  ) {
    let found = faults(members, timeZones: zones)
    #expect(found.count == 4)
    for fault in found {
      #expect(fault.reason == reason && fault.field == field, "\(members) \(fault)")
    }
  }

  @Test func anInvalidRecord_leavesNoPlace() throws {
    let decoder = RecordDecoder()
    _ = try decoder.decoded(Array(#"{"user":"u","ts":1,"acc":1,"site":"s"}"#.utf8))
    #expect(decoder.place?.site.count == 1)
    #expect(throws: InvalidRecord.self) {
      try decoder.decoded(Array(#"{"site":"s","user":"u","ts":1}"#.utf8))
    }
    #expect(decoder.place == nil)
  }

  @Test func sitesAndZones_haveALongestLength() throws {
    let site = String(repeating: "é", count: 128)
    #expect(try place(#""site":"\#(site)","#).allSatisfy { $0.site == site })
    #expect(
      faults(#""site":"\#(site)s","#).map(\.reason) == [
        .userTooLong, .userTooLong, .userTooLong, .userTooLong,
      ])
    #expect(faults(#""site":"\#(site)\u0073","#).count == 4)
    let zone = String(repeating: "z", count: 64)
    #expect(try place(#""timezone":"\#(zone)","#).allSatisfy { $0.timeZone == zone })
    #expect(faults(#""timezone":"\#(zone)z","#).allSatisfy { $0.reason == .badTimezone })
  }

  @Test func everyPrefixOfAPlacedRecord_isTruncated() {
    let record =
      #"{"latitude":"47.5","user":"u","site":"\u00e9","ts":1,"longitude":-8.5e0,"acc":1,"timezone":"UTC"}"#
    let bytes = Array(record.utf8)
    #expect(fault(bytes) == nil)
    for length in 1..<bytes.count {
      #expect(fault(Array(bytes[..<length]))?.reason == .truncated, "\(record.prefix(length))")
    }
  }

  @Test func namesOfThePlace_canBeMapped() throws {
    var names = RecordFieldNames()
    names.latitude = ["lat"]
    names.longitude = ["lon", "lng"]
    names.timezone = ["zone"]
    names.site = []
    let format = try RecordFormat(names: names)
    let record = try decode(
      #"{"user":"u","ts":1,"acc":1,"lng":2,"lat":1,"zone":"UTC","site":{},"latitude":[]}"#, format)
    #expect(record.location == GeoLocation(latitude: 1, longitude: 2))
    #expect(record.timeZone == "UTC" && record.site.isEmpty)
  }

  @Test func advice_namesDegrees() {
    let fault = fault(Array(#"{"user":"u","ts":1,"acc":1,"latitude":91,"longitude":0}"#.utf8))
    #expect(fault?.description.contains("-90 to 90") == true)
  }

  @Test func camerasOfEachFormat_haveTheirPlace() throws {
    let place = #""latitude":1.5,"longitude":-2.5,"site":"s","timezone":"Europe/Berlin","#
    for shape in CameraFormat.Shape.allCases {
      let fixture = CameraFixture(CameraFixture.format(shape))
      var found: [String] = []
      for line in try CameraFixture.lines("\(shape.rawValue).ndjson")
      where !["site", "titude", "timezone"].contains(where: line.contains) {
        let record = "{" + place + line.dropFirst().drop { $0 == " " }
        found += try fixture.decode(Array(record.utf8)) { batch in
          batch.frames.map { frame in
            "\(frame.place.location.map { "\($0.latitude) \($0.longitude)" } ?? "-") "
              + String(decoding: frame.place.site, as: UTF8.self) + " "
              + String(decoding: frame.place.timeZone, as: UTF8.self)
          }
        }
      }
      #expect(!found.isEmpty && found.allSatisfy { $0 == "1.5 -2.5 s Europe/Berlin" }, "\(found)")
    }
  }

  @Test func aPredictionsOwnPlace_countsBeforeTheRecords() throws {
    let fixture = CameraFixture(CameraFixture.format(.tensorflow))
    let arrays = #""detection_classes":[],"detection_scores":[]"#
    let found = try fixture.decoded(
      #"{"latitude":1,"longitude":2,"ts":5,"predictions":[{\#(arrays)},{\#(arrays),"latitude":3,"longitude":4}]}"#
    )
    #expect(found == "home-1/main at 5 near 1.0,2.0\nhome-1/main at 5 near 3.0,4.0\n")
  }
}
