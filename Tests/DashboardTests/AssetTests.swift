import Foundation
import Testing

@testable import Dashboard

@Suite struct AssetTests {
  @Test func thePageIsServedWhole() throws {
    let room = try Room()
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Sources/Dashboard/Assets")
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
    where !name.hasPrefix(".") {
      let answer = try room.get("/assets/\(name)")
      #expect(answer.status == 200)
      let file = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      #expect(answer.body == file, "\(name)")
      #expect(answer["Content-Type"]?.hasPrefix("text/plain") == false, "\(name)")
    }
    #expect(try room.get("/").body == (try room.get("/assets/index.html").body))
    #expect(try room.get("/reports").body == (try room.get("/assets/reports.html").body))
    #expect(try room.get("/alerts").body == (try room.get("/assets/alerts.html").body))
    #expect(try room.get("/models").body == (try room.get("/assets/models.html").body))
    #expect(try room.get("/alerts")["Content-Type"] == "text/html; charset=utf-8")
    #expect(try room.get("/reports")["Content-Type"] == "text/html; charset=utf-8")
    #expect(try room.get("/")["Content-Type"] == "text/html; charset=utf-8")
    #expect(try room.get("/assets/app.js")["Content-Type"] == "text/javascript; charset=utf-8")
    #expect(try room.get("/assets/favicon.svg")["Content-Type"] == "image/svg+xml")
  }

  @Test func unchangedAssetsAreNotSentAgain() throws {
    let room = try Room()
    let first = try room.get("/assets/style.css")
    let tag = try #require(first["ETag"])
    #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""))
    let again = try room.get("/assets/style.css", fields: "If-None-Match: \(tag)\r\n")
    #expect(again.status == 304)
    #expect(again.body.isEmpty)
    #expect(again["ETag"] == tag)
    #expect(try room.get("/assets/style.css", fields: "If-None-Match: \"x\"\r\n").status == 200)
    #expect(try room.get("/assets/app.js")["ETag"] != tag)
  }

  @Test func thePageMayLoadNothingFromElsewhere() throws {
    let room = try Room()
    for path in ["/", "/alerts", "/reports", "/models", "/assets/app.js"] {
      let answer = try room.get(path)
      let policy = try #require(answer["Content-Security-Policy"])
      #expect(policy.contains("default-src 'self'"))
      #expect(policy.contains("frame-ancestors 'none'"))
      #expect(answer["X-Content-Type-Options"] == "nosniff")
      #expect(answer["Referrer-Policy"] == "no-referrer")
      #expect(answer["Cache-Control"] == "no-cache")
    }
    // What the policy forbids must not be in the page.
    for path in ["/", "/alerts", "/reports", "/models"] {
      let page = try room.get(path).body
      #expect(!page.contains(" style="))
      #expect(!page.contains("<script>"))
      #expect(!page.contains("<style"))
      #expect(page.firstMatch(of: /\son[a-z]+=/) == nil, "no handlers in attributes: \(path)")
    }
  }

  /// What records say must never be read as markup.
  @Test func scriptsNeverMakeMarkupOfText() throws {
    for file in EmbeddedAssets.files where file.name.hasSuffix(".js") {
      let text = file.text.description
      for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
        #expect(!text.contains(word), "\(file.name): \(word)")
      }
    }
  }

  @Test func everyPathIsDocumented() throws {
    let document = try String(
      contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../docs/API.md"), encoding: .utf8)
    for route in [
      "GET /api/v1/threats", "GET /api/v1/threats/{id}", "POST /api/v1/threats/{id}/verdict",
      "GET /api/v1/reports/daily", "GET /api/v1/rules", "POST /api/v1/rules",
      "GET /api/v1/configs/{version}", "GET /reports", "GET /alerts", "GET /api/v1/alerts",
      "GET /api/v1/alerts/{id}", "POST /api/v1/alerts/{id}/ack",
      "POST /api/v1/alerts/{id}/verdict", "GET /api/v1/models", "GET /models",
      "GET /api/v1/models/disagreements", "GET /api/v1/models/candidates/{id}",
      "POST /api/v1/alerts/{id}/resolve", "GET /api/v1/silences", "GET /api/v1/silences/{id}",
      "POST /api/v1/silences", "DELETE /api/v1/silences/{id}", "GET /api/v1/receivers",
    ] {
      #expect(document.contains("| `\(route)` |"), "\(route)")
    }
  }
}
