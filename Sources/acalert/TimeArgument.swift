import ArgumentParser
import Foundation

/// A time that an argument gives, RFC 3339, in milliseconds since 1970.
func time(ofArgument text: String) throws -> Int64 {
  let formatter = ISO8601DateFormatter()
  for options: ISO8601DateFormatter.Options in [
    [.withInternetDateTime], [.withInternetDateTime, .withFractionalSeconds],
  ] {
    formatter.formatOptions = options
    if let date = formatter.date(from: text) {
      return Int64((date.timeIntervalSince1970 * 1000).rounded())
    }
  }
  throw ValidationError("\"\(text)\" is not a time like 2026-11-21T23:00:00Z")
}
