import CLinux
import Glibc
import Store

/// Runs a program to its end, or to a deadline.
///
/// The program leads a process group of its own, which is killed as a whole at the deadline. It inherits no
/// open file but its three: not the database, not the sockets.
enum ChildProcess {
  struct Run {
    enum End: Equatable {
      case exited(Int32)
      case killed(signal: Int32)
      case timedOut
      /// `errno` of the start.
      case notStarted(Int32)
    }

    var end: End
    /// The first bytes of standard output and standard error, as they came.
    var output: [UInt8] = []
  }

  /// What a program needs to find its way, of the environment of this one.
  static func plainEnvironment() -> [String: String] {
    ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ"].reduce(into: [:]) {
      if let value = getenv($1) { $0[$1] = String(cString: value) }
    }
  }

  /// - Parameters:
  ///   - arguments: The program, looked for in `PATH` unless it has a slash, and its arguments; not empty.
  ///   - input: Its standard input; what it does not read is left.
  ///   - timeout: Milliseconds.
  static func run(
    _ arguments: [String], environment: [String: String], input: [UInt8], timeout: Int64
  ) -> Run {
    let deadline = Deadline(milliseconds: timeout)
    var stdin = Pipe()
    var stdout = Pipe()
    defer {
      stdin.close()
      stdout.close()
    }
    guard stdin.open(), stdout.open() else { return Run(end: .notStarted(errno)) }
    var child: pid_t = 0
    let code = spawn(&child, arguments, environment, stdin: stdin.reading, output: stdout.writing)
    guard code == 0 else { return Run(end: .notStarted(code)) }
    stdin.closeReading()
    stdout.closeWriting()
    var exchange = Exchange(input: input, stdin: stdin, stdout: stdout)
    // The exchange owns the ends that are left.
    stdin = Pipe()
    stdout = Pipe()
    defer { exchange.close() }
    let end = exchange.wait(for: child, until: deadline)
    return Run(end: end, output: exchange.output)
  }

  private static func spawn(
    _ child: inout pid_t, _ arguments: [String], _ environment: [String: String], stdin: Int32,
    output: Int32
  ) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, stdin, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, output, 2)
    clinux_spawn_close_from(&actions, 3)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

    // A zero byte would end a variable; it cannot be in an argument.
    let variables = environment.sorted { $0.key < $1.key }.map { name, value in
      strdup("\(name)=\(String(value.unicodeScalars.filter { $0 != "\0" }))")
    }
    let words = arguments.map { strdup($0) }
    defer { for text in variables + words { free(text) } }
    return posix_spawnp(
      &child, arguments[0], &actions, &attributes, words + [nil], variables + [nil])
  }

  /// The two ends of a pipe; -1 for one that is closed.
  private struct Pipe {
    var reading: Int32 = -1
    var writing: Int32 = -1

    mutating func open() -> Bool {
      var ends: [Int32] = [-1, -1]
      guard clinux_pipe(&ends) == 0 else { return false }
      reading = ends[0]
      writing = ends[1]
      return true
    }

    mutating func closeReading() {
      if reading >= 0 { Glibc.close(reading) }
      reading = -1
    }

    mutating func closeWriting() {
      if writing >= 0 { Glibc.close(writing) }
      writing = -1
    }

    mutating func close() {
      closeReading()
      closeWriting()
    }
  }

  /// Gives a program its input, takes its output, and waits for it.
  private struct Exchange {
    private let input: [UInt8]
    private var given = 0
    private(set) var output: [UInt8] = []
    private var stdin: Pipe
    private var stdout: Pipe
    /// How long to look away between two questions whether it has ended, which no poll tells.
    private static let look: Int64 = 10

    init(input: [UInt8], stdin: Pipe, stdout: Pipe) {
      self.input = input
      self.stdin = stdin
      self.stdout = stdout
      _ = fcntl(stdin.writing, F_SETFL, O_NONBLOCK)
      _ = fcntl(stdout.reading, F_SETFL, O_NONBLOCK)
      if input.isEmpty { self.stdin.closeWriting() }
    }

    mutating func close() {
      stdin.close()
      stdout.close()
    }

    /// Ends with the program. Others that it has left behind may hold its output open: they are not
    /// waited for, and not killed.
    mutating func wait(for child: pid_t, until deadline: Deadline) -> Run.End {
      var status: Int32 = 0
      while true {
        let found = waitpid(child, &status, WNOHANG)
        if found == child || (found == -1 && errno != EINTR) {
          read()
          break
        }
        guard deadline.left > 0 else {
          kill(-child, SIGKILL)
          while waitpid(child, &status, 0) == -1, errno == EINTR {}
          read()
          return .timedOut
        }
        exchange(for: min(deadline.left, Self.look))
      }
      // What WIFEXITED and its like, macros that Swift does not see, look at.
      let signal = status & 0x7f
      return signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: signal)
    }

    private mutating func exchange(for milliseconds: Int64) {
      var wanted = [
        pollfd(fd: stdout.reading, events: Int16(POLLIN), revents: 0),
        pollfd(fd: stdin.writing, events: Int16(POLLOUT), revents: 0),
      ]
      // A closed end is -1, which poll leaves out.
      guard poll(&wanted, 2, Int32(clamping: milliseconds)) > 0 else { return }
      if wanted[0].revents != 0 { read() }
      if wanted[1].revents != 0 { write() }
    }

    private mutating func read() {
      guard stdout.reading >= 0 else { return }
      var buffer = [UInt8](repeating: 0, count: 4_096)
      // A pipe's whole content, not more: who writes without end must not keep the deadline from coming.
      for _ in 0..<16 {
        let count = Glibc.read(stdout.reading, &buffer, buffer.count)
        if count > 0 {
          output += buffer.prefix(count).prefix(AlertDelivery.maxAnswerBytes - output.count)
        } else {
          // Zero is its end: not to be polled again, or poll would return at once for ever.
          if count == 0 { stdout.closeReading() }
          return
        }
      }
    }

    private mutating func write() {
      let rest = input[given...]
      let count = withoutBrokenPipeSignal {
        rest.withUnsafeBytes { Glibc.write(stdin.writing, $0.baseAddress, $0.count) }
      }
      if count > 0 { given += count }
      let isOver = count < 0 && errno != EAGAIN && errno != EINTR
      if isOver || given == input.count { stdin.closeWriting() }
    }
  }
}
