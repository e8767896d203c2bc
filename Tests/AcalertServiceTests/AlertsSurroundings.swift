@testable import AcalertService

extension AlertsFile.Surroundings {
  /// What the tests' files of alerts refer to. Every secret has `hidden` in it.
  static let tests = AlertsFile.Surroundings(
    environment: {
      [
        "KEY": "hidden-key", "EMPTY": "", "TWO_LINES": "hidden\nX-Other: header",
        "URL": "https://hooks.example.org/hidden", "NO_URL": "hooks.example.org/hidden",
      ][$0]
    },
    contents: { file, limit in
      let files: [String: [UInt8]] = [
        "key": Array("hidden-key\n".utf8), "windows": Array("hidden-key\r\n".utf8),
        "empty": Array("\n".utf8), "long": Array(repeating: 0x68, count: 9_000),
        "binary": [0x68, 0xff, 0x64], "ca.pem": Array("-----BEGIN".utf8),
      ]
      return files[String(file.split(separator: "/").last ?? "")].map { Array($0.prefix(limit)) }
    },
    program: { name in
      name == "send_nsca" ? "/usr/sbin/send_nsca" : name.hasPrefix("/nowhere") ? nil : name
    })
}

extension AlertsFile {
  /// Reads a text in the surroundings of the tests.
  init(_ text: String, file: String = "/etc/acalert/test.yaml") throws {
    try self.init(text: text, file: file, surroundings: .tests)
  }

  /// The error that a text leads to.
  static func fault(_ text: String) -> ConfigurationError? {
    do {
      _ = try Self(text: text, file: "/etc/acalert/test.yaml", surroundings: .tests)
      return nil
    } catch {
      return error
    }
  }
}
