import Testing

@testable import Dashboard

@Suite struct CrossSiteTests {
  private let verdict = "/api/v1/threats/1/verdict"
  private let body = #"{"verdict":"confirmed"}"#

  @Test(arguments: [
    "Origin: http://evil.example\r\n", "Origin: null\r\n", "Origin: \r\n",
    "Origin: http://127.0.0.1:8081\r\n", "Origin: http://127.0.0.1\r\n",
    "Origin: http://127.0.0.1:8080.evil.example\r\n", "Origin: 127.0.0.1:8080\r\n",
    "Origin: file://127.0.0.1:8080\r\n", "Origin: http://127.0.0.1:8080/\r\n",
    "Origin: http://127.0.0.1:8080\r\nOrigin: http://evil.example\r\n",
    "Sec-Fetch-Site: cross-site\r\n", "Sec-Fetch-Site: same-site\r\n",
    "Origin: http://127.0.0.1:8080\r\nSec-Fetch-Site: cross-site\r\n",
  ])
  func otherSitesMayChangeNothing(_ fields: String) throws {
    let room = try cameraRoom(threats: [threat()])
    for (path, body) in [(verdict, body), ("/api/v1/rules", "")] {
      let answer = try room.post(path, body, fields: fields)
      #expect(answer.status == 403)
      #expect(answer["Content-Type"] == "application/problem+json")
    }
    let silence = #"{"matchers":["user=u"],"duration":"1h"}"#
    #expect(try room.post("/api/v1/silences", silence).status == 201)
    for answer in [
      try room.delete("/api/v1/silences/1", fields: fields),
      try room.post("/api/v1/silences", silence, fields: fields),
      try room.post("/api/v1/alerts/1/ack", "{}", fields: fields),
      try room.post("/api/v1/alerts/1/resolve", "{}", fields: fields),
      try room.post("/api/v1/alerts/1/verdict", body, fields: fields),
    ] {
      #expect(answer.status == 403)
      #expect(answer["Content-Type"] == "application/problem+json")
    }
    let silences = try room.get("/api/v1/silences", fields: fields).json["items"] as? [Any]
    #expect(silences?.count == 1)
    #expect(try room.get("/api/v1/threats?verdict=none", fields: fields).status == 200)
    #expect(try room.get("/api/v1/threats/1").json["verdict"] is String == false)
  }

  @Test(arguments: [
    ("", "127.0.0.1:8080"), ("Origin: http://127.0.0.1:8080\r\n", "127.0.0.1:8080"),
    ("Origin: http://LocalHost:8080\r\nSec-Fetch-Site: same-origin\r\n", "localhost:8080"),
    ("Sec-Fetch-Site: none\r\n", "localhost"), ("Origin: http://[::1]:8080\r\n", "[::1]:8080"),
    ("Origin: https://acalert.example\r\n", "acalert.example"),
    ("Origin: https://acalert.example\r\n", "acalert.example:443"),
    ("Origin: http://acalert.example:80\r\n", "Acalert.example"),
  ])
  func ownPagesAndProgramsMay(_ fields: String, _ host: String) throws {
    let room = try cameraRoom(threats: [threat()])
    #expect(try room.post(verdict, body, host: host, fields: fields).status == 200)
    let silence = try room.post(
      "/api/v1/silences", #"{"matchers":["user=u"],"duration":"1h"}"#, host: host, fields: fields)
    #expect(silence.status == 201)
    #expect(try room.delete("/api/v1/silences/1", host: host, fields: fields).status == 200)
  }
}
