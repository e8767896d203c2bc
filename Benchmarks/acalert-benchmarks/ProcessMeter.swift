import Glibc

/// Processor time and memory of any process of ours, seen from outside (`proc(5)`).
struct ProcessMeter {
  let process: pid_t

  init(_ process: pid_t) { self.process = process }

  /// Processor time of all its threads so far, in seconds.
  var cpu: Double {
    var clock = clockid_t()
    guard clock_getcpuclockid(process, &clock) == 0 else { return 0 }
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  var residentBytes: Int { ProcFile.kibibytes("VmRSS:", in: "/proc/\(process)/status") }
  var peakBytes: Int { ProcFile.kibibytes("VmHWM:", in: "/proc/\(process)/status") }

  /// Memory that the kernel holds for all TCP sockets of this machine, in bytes.
  static var socketBytes: Int {
    ProcFile.lines(of: "/proc/net/sockstat").reduce(0) { sum, line in
      guard line.hasPrefix("TCP:"), let pages = line.split(separator: " ").last else { return sum }
      return sum + (Int(pages) ?? 0) * Int(getpagesize())
    }
  }
}

/// The small text files of /proc.
enum ProcFile {
  static func lines(of path: String) -> [Substring] {
    let file = open(path, O_RDONLY)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 16_384)
    let count = read(file, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n")
  }

  /// A field whose value is given in kB, in bytes; 0 if there is none.
  static func kibibytes(_ field: String, in path: String) -> Int {
    guard let line = lines(of: path).first(where: { $0.hasPrefix(field) }) else { return 0 }
    return (Int(line.split(whereSeparator: { " \t".contains($0) })[1]) ?? 0) * 1_024
  }
}
