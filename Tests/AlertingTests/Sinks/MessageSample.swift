import Alerting
import Foundation

/// Messages to send.
enum MessageSample {
  /// 2026-11-21T10:32:00Z.
  static let began: Int64 = 1_795_257_120_000

  static func entry(
    _ id: Int64 = 17, status: AlertMessage.Entry.Status = .firing, severity: String = "danger",
    user: String = "u-17", wasTold: Bool = false
  ) -> AlertMessage.Entry {
    AlertMessage.Entry(
      id: id, status: status, severity: severity, kind: "wearer", user: user, device: "watch",
      site: "s-1", cause: "abnormal",
      reason: "3 abnormal within 5s: 3.200 g against mean 1.000, std 0.100 (score 22.0)",
      began: began, ended: status == .resolved ? began + 60_000 : nil,
      acknowledgedBy: status == .acknowledged ? "Ann" : nil, state: "danger", value: 3.2, unit: "g",
      mean: 1, std: 0.1, score: 22, lastSeen: began + 5_000, latitude: 40.7128,
      longitude: -74.006, timeZone: "America/New_York", url: "https://acalert.example/#alert=\(id)",
      wasTold: wasTold)
  }

  static func message(
    _ entries: [AlertMessage.Entry] = [entry()], status: AlertMessage.Entry.Status = .firing,
    key: String = "acalert/root/wearer,abnormal/17/1", truncated: Int = 0
  ) -> AlertMessage {
    AlertMessage(
      key: key, receiver: "ann", group: "root/kind=wearer,cause=abnormal",
      groupLabels: ["kind": "wearer", "cause": "abnormal"], generation: 17, status: status,
      severity: entries.contains { $0.severity == "danger" } ? "danger" : "warning",
      created: began + 1_000, entries: entries, truncated: truncated,
      externalURL: "https://acalert.example")
  }

  static func sink(
    _ kind: ReceiverSettings.Kind, timeout: Int64 = 10_000,
    change: (inout ReceiverSettings) -> Void = { _ in }
  ) throws -> any Sink {
    var receiver = ReceiverSettings(name: "ann", kind: kind)
    receiver.timeout = timeout
    change(&receiver)
    return try SinkFactory(userAgent: "acalert/test").sink(for: receiver)
  }

  static func webhook(_ url: String) -> ReceiverSettings.Kind {
    .webhook(ReceiverSettings.Webhook(target: .init(url: Secret(url))))
  }
}

/// A folder that is gone at the end.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "acalert-sinks-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String, mode: Int = 0o644) throws -> String {
    let file = "\(path)/\(name)"
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    return file
  }

  func read(_ name: String) -> String? {
    try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
  }
}

/// Asks until it is so, or 20 seconds are over.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
  let end = Date(timeIntervalSinceNow: 20)
  while Date() < end {
    if try condition() { return true }
    usleep(20_000)
  }
  return try condition()
}
