import Events
import Foundation

/// Times as people and RFC 3339 write them.
public enum ReadableTime {
  /// `2026-11-21T04:32:00.123Z` for milliseconds since 1970.
  public static func text(_ milliseconds: Int64) -> String {
    var seconds = time_t(milliseconds / 1000)
    var fields = tm()
    gmtime_r(&seconds, &fields)
    return String(
      format: "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", fields.tm_year + 1900, fields.tm_mon + 1,
      fields.tm_mday, fields.tm_hour, fields.tm_min, fields.tm_sec, Int(milliseconds % 1000))
  }
}

extension SubjectIdentity {
  /// The subject in one word: `u-17/watch`, or `u-17` without a device.
  public var text: String { device.isEmpty ? user : "\(user)/\(device)" }
}
