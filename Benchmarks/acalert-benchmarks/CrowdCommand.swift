import ArgumentParser
import CLinux
import Foundation

/// Thousands of watchers in one process, on one thread with epoll(7).
struct CrowdCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crowd", abstract: "Watchers, for other commands of this program.",
    shouldDisplay: false)

  @Option(help: "How many.")
  var watchers: Int

  @Option(help: "The server's port on this machine.")
  var port: UInt16

  @Option(help: "The file of times, see PublishTimes.")
  var times: String

  @Option(help: "The newest revision before anything is published.")
  var base: Int64

  /// Said once, when every watcher has its snapshot.
  struct Connected: Codable { var seconds: Double }

  /// The answer to any other word: what came before does not count any more.
  struct Forgotten: Codable {}

  /// The answer to a revision: what came until every watcher had it, or ten seconds had passed.
  struct Seen: Codable {
    var times: Histogram.Summary
    /// Events of the watcher that got the fewest.
    var fewest: Int
    /// Watchers that were cut off.
    var closed: Int
    /// Watchers that have not got the revision.
    var behind: Int
    var cpu: Double
  }

  func run() throws {
    let crowd = try Crowd(
      port: port, count: watchers, times: PublishTimes(path: times, isWritable: false),
      base: base)
    let begin = Meter.now
    try crowd.connectAll(deadline: begin + 120)
    try ChildProcess.reply(Connected(seconds: Meter.now - begin))
    while let line = crowd.readUntilInput() {
      guard let last = Int64(line) else {
        crowd.forget()
        try ChildProcess.reply(Forgotten())
        continue
      }
      crowd.read(until: last, deadline: Meter.now + 10)
      try ChildProcess.reply(crowd.seen(until: last))
    }
  }
}

/// The sockets of ``CrowdCommand``.
final class Crowd {
  private let port: UInt16
  private let times: PublishTimes
  private let base: Int64
  private let epoll: Int32
  private var watchers: [CrowdWatcher] = []
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
  private var events = [epoll_event](repeating: epoll_event(), count: 1_024)
  private var histogram = Histogram()
  private let count: Int
  private var closed = 0
  private var cpuAtStart = 0.0

  private static let inputToken = UInt64.max

  init(port: UInt16, count: Int, times: PublishTimes, base: Int64) throws {
    self.port = port
    self.count = count
    self.times = times
    self.base = base
    epoll = epoll_create1(0)
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    guard limit.rlim_cur > UInt(count) + 64 else {
      throw BenchmarkError("only \(limit.rlim_cur) files may be open: raise the hard limit")
    }
    add(STDIN_FILENO, token: Self.inputToken)
  }

  deinit {
    for watcher in watchers where watcher.isOpen { close(watcher.descriptor) }
    close(epoll)
    buffer.deallocate()
  }

  private func add(_ descriptor: Int32, token: UInt64) {
    var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: token))
    epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
  }

  /// So many wait for their snapshots at a time: beyond a thousand requests the server answers 503.
  private static let waiting = 256

  /// Connects them, a few at a time, and reads their snapshots.
  func connectAll(deadline: Double) throws {
    let request = PlainHTTP.request("/events", accept: "text/event-stream")
    var ready = 0
    while ready < count {
      for _ in 0..<min(Self.waiting - (watchers.count - ready), count - watchers.count) {
        let descriptor = try PlainHTTP.connect(port: port)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count
        else { throw BenchmarkError("a request was not taken") }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        add(descriptor, token: UInt64(watchers.count))
        watchers.append(CrowdWatcher(descriptor: descriptor))
      }
      _ = turn(milliseconds: 5)
      ready = watchers.count { $0.isReady(after: base) }
      guard closed == 0 else { throw BenchmarkError("\(closed) watchers were cut off") }
      guard Meter.now < deadline else { throw BenchmarkError("not all snapshots came") }
    }
    forget()
  }

  /// Begins to count anew.
  func forget() {
    histogram = Histogram()
    for index in watchers.indices { watchers[index].received = 0 }
    cpuAtStart = Meter.cpu
  }

  /// Reads sockets until a line comes on standard input; `nil` at its end.
  func readUntilInput() -> String? {
    while !turn(milliseconds: 1_000) {}
    return readLine()
  }

  /// Reads sockets until all have a revision.
  func read(until last: Int64, deadline: Double) {
    while Meter.now < deadline,
      watchers.contains(where: { $0.isOpen && $0.newest < last })
    {
      _ = turn(milliseconds: 20)
    }
  }

  func seen(until last: Int64) -> CrowdCommand.Seen {
    CrowdCommand.Seen(
      times: histogram.summary, fewest: watchers.map(\.received).min() ?? 0, closed: closed,
      behind: watchers.count { $0.newest < last }, cpu: Meter.cpu - cpuAtStart)
  }

  /// One round of epoll.
  ///
  /// - Returns: whether standard input has something to say.
  private func turn(milliseconds: Int32) -> Bool {
    let found = epoll_wait(epoll, &events, Int32(events.count), milliseconds)
    var hasInput = false
    for place in 0..<max(0, Int(found)) {
      let token = events[place].data.u64
      if token == Self.inputToken { hasInput = true } else { receive(Int(token)) }
    }
    return hasInput
  }

  private func receive(_ index: Int) {
    let size = recv(watchers[index].descriptor, buffer.baseAddress, buffer.count, 0)
    guard size > 0 else {
      if size < 0, errno == EAGAIN || errno == EINTR { return }
      close(watchers[index].descriptor)
      watchers[index].isOpen = false
      closed += 1
      return
    }
    let arrival = Meter.now
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<size])
    watchers[index].take(bytes) { revision in
      if let time = times[revision] { histogram.add(milliseconds: (arrival - time) * 1_000) }
    }
  }
}
