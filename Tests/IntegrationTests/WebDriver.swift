import Foundation
import Testing

/// A browser driven over W3C WebDriver (https://www.w3.org/TR/webdriver2/) through chromedriver.
final class WebDriver {
  private let driver: ForeignProgram
  private let base: String
  private var session = ""

  init(width: Int = 1280, height: Int = 800) throws {
    driver = try ForeignProgram(["chromedriver", "--port=0"])
    let program = driver
    let port = try eventually("chromedriver says its port") {
      program.output.firstMatch(of: /successfully on port (\d+)/).map { String($0.1) }
    }
    base = "http://127.0.0.1:\(port)"
    let options: [String: Any] = [
      "args": [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--window-size=\(width),\(height)",
      ]
    ]
    let answer = try call(
      "POST", "/session",
      ["capabilities": ["alwaysMatch": ["goog:chromeOptions": options]]])
    session = "/session/\((answer as? [String: Any])?["sessionId"] as? String ?? "")"
  }

  func open(_ url: String) throws { _ = try call("POST", "\(session)/url", ["url": url]) }

  /// What a script returns.
  func run(_ script: String) throws -> Any? {
    let answer = try call("POST", "\(session)/execute/sync", ["script": script, "args": [Any]()])
    return answer is NSNull ? nil : answer
  }

  func text(_ script: String) throws -> String { try run("return \(script)") as? String ?? "" }

  func number(_ script: String) throws -> Int {
    (try run("return Number(\(script))") as? NSNumber)?.intValue ?? 0
  }

  /// Clicks the element that a CSS selector finds first.
  func click(_ selector: String) throws {
    let found = try call(
      "POST", "\(session)/element", ["using": "css selector", "value": selector])
    let id = (found as? [String: String])?.values.first ?? ""
    _ = try call("POST", "\(session)/element/\(id)/click", [:])
  }

  /// The page as a PNG file.
  func screenshot(to path: String) throws {
    let encoded = try call("GET", "\(session)/screenshot", nil) as? String ?? ""
    try Data(base64Encoded: encoded)?.write(to: URL(fileURLWithPath: path))
  }

  func quit() {
    _ = try? call("DELETE", session, nil)
    driver.kill()
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  private func call(_ method: String, _ path: String, _ body: [String: Any]?) throws -> Any {
    var arguments = ["curl", "-s", "--max-time", "60", "-X", method, base + path]
    var input = ""
    if let body {
      input = String(decoding: try JSONSerialization.data(withJSONObject: body), as: UTF8.self)
      arguments += ["-H", "Content-Type: application/json", "--data-binary", "@-"]
    }
    let (output, _, _) = try ForeignProgram.run(arguments, input: input)
    let answer = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
    let value = answer?["value"] ?? NSNull()
    if let fault = (value as? [String: Any])?["error"] as? String {
      throw Failure(
        description: "\(path): \(fault): \((value as? [String: Any])?["message"] ?? "")")
    }
    return value
  }
}
