import Events
import HTTPServer
import Store

/// `GET /api/v1/reports/daily`
extension Dashboard {
  private enum ReportFormat: String, CaseIterable {
    case json, csv
  }

  func dailyReport(_ request: HTTPRequest) throws -> HTTPReply {
    let parameters = try Parameters(request, known: ["date", "timezone", "format", "limit"])
    let name = parameters["timezone"] ?? "UTC"
    guard let zone = zone(name) else {
      throw BadParameter(
        message: "timezone must be the name of a zone of the IANA database, like America/New_York.")
    }
    let format = try parameters.choice("format", of: ReportFormat.allCases) ?? .json
    let limit = try parameters.integer("limit", in: 1...100_000) ?? 1_000
    let day: LocalDay
    if let text = parameters["date"] {
      guard let date = CalendarDay(text) else {
        throw BadParameter(message: "date must be a day like 2026-11-21.")
      }
      day = LocalDay(date, in: zone)
    } else {
      day = LocalDay(of: facts.now(), in: zone)
    }
    let report = try readers.withReader { try DailyReport(day, timeZone: name, $0) }
    switch format {
    case .json: return .response(.json(report.json(limit: limit)))
    case .csv:
      return .response(
        HTTPResponse(
          headers: [
            "Content-Type": "text/csv; charset=utf-8", "Cache-Control": "no-cache",
            "Content-Disposition": "attachment; filename=\"\(report.fileName).csv\"",
          ], body: Array(report.csv.utf8)))
    }
  }

  /// A zone by its name, which is looked for in files: so nothing but names of zones gets there, and
  /// nothing else into the name of the report's file.
  private func zone(_ name: String) -> ZoneOffsets? {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    let isName = parts.allSatisfy { part in
      part.first != nil && part.first != "-"
        && part.utf8.allSatisfy {
          ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == UInt8(ascii: "_")
            || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-")
        }
    }
    guard name.utf8.count <= 64, isName else { return nil }
    return facts.timeZone(name)
  }
}
