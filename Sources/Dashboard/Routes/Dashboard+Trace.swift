import Detection
import HTTPServer
import Store

/// `GET /api/v1/wearers/{user}[/{device}]/trace` and `…/subjects/{kind}/{user}[/{device}]/trace`.
extension Dashboard {
  /// How much is shown where the query does not say: a minute, but twice the window of subjects whose
  /// samples come minutes apart.
  private func defaultSpan(ofKind kind: String) -> Int64 {
    let window = facts.streams().first { $0.kind == kind }?.window.length ?? 0
    return max(60_000, 2 * window)
  }

  func trace(of path: SubjectPath, _ request: HTTPRequest) throws -> HTTPReply {
    let parameters = try Parameters(request, known: ["from", "to", "limit"])
    let limit = try parameters.integer("limit", in: 1...20_000) ?? 2_000
    let from = try parameters.time("from")
    let to = try parameters.time("to")
    if let from, let to, from > to { throw BadParameter(message: "from must not be after to.") }

    return try readers.withReader { reader in
      switch try find(path, reader) {
      case .failure(let answer): return .response(answer)
      case .found(let record):
        // The ring first: what leaves it meanwhile is in the store by the time that is read.
        let live = facts.liveSamples(record.identity) ?? []
        let newest = max(record.lastSeen, live.last?.time ?? record.lastSeen)
        let usual = defaultSpan(ofKind: record.identity.kind)
        let first = from ?? ((to ?? newest) - usual)
        let span = first...max(first, to ?? CalendarDay.lastMillisecond)
        let trace = try trace(
          of: record, in: span, usual: usual, limit: limit, live: live, reader)
        return .response(.json(trace))
      }
    }
  }

  private func trace(
    of record: StatusRecord, in span: ClosedRange<Int64>, usual: Int64, limit: Int,
    live: [PackedSamples.Element], _ reader: StoreReader
  ) throws -> [UInt8] {
    let configured = facts.streams().first { $0.kind == record.identity.kind }
    // Without rules of its kind a subject's values are shown without a judgement.
    var rules = configured ?? StreamRules(kind: record.identity.kind, unit: record.unit)
    // Cameras are judged by threat rules; their values have no mean to be held against.
    let isJudged = configured != nil && configured?.cameras == nil
    if !isJudged { rules.zscore.minSamples = .max }
    let page = try reader.windows(
      of: record.identity, from: span.lowerBound - rules.window.length, to: span.upperBound,
      // Besides the points themselves, those before them and those of the last window behind them.
      maxSamples: limit + 2 * rules.window.maxSamples)
    let windows = page?.windows ?? []
    if configured == nil { rules.digits = min(max(windows.last?.digits ?? rules.digits, 0), 9) }

    let samples = TraceSamples.merged(windows: windows, live: live, digits: rules.digits)
    let begin = samples.partitioningIndex {
      $0.time >= span.lowerBound - rules.window.length
    }
    let end = samples.partitioningIndex { $0.time > span.upperBound }
    let points = BaselineTrace.points(Array(samples[min(begin, end)..<end]), rules: rules)
    let asked = points[points.partitioningIndex { $0.time >= span.lowerBound }...]
    let isCut =
      asked.count > limit
      || (page?.isTruncated == true && (windows.first?.start ?? 0) > span.lowerBound)

    var writer = JSONWriter(capacity: 256 + min(asked.count, limit) * 80)
    writer.literal("{\"kind\":")
    writer.string(record.identity.kind)
    writer.literal(",\"user\":")
    writer.string(record.identity.user)
    writer.literal(",\"device\":")
    writer.string(record.identity.device)
    writer.literal(",\"unit\":")
    writer.string(rules.unit)
    writer.literal(",\"k\":")
    writer.value(isJudged ? rules.zscore.k : nil)
    writer.literal(",\"span\":")
    writer.integer(usual)
    writer.literal(",\"points\":[")
    var isFirst = true
    for point in asked.suffix(limit) {
      writer.comma(unless: isFirst)
      isFirst = false
      writer.point(point)
    }
    writer.literal(isCut ? "],\"truncated\":true}" : "],\"truncated\":false}")
    return writer.bytes
  }
}

extension JSONWriter {
  fileprivate mutating func point(_ point: BaselineTrace.Point) {
    literal("{\"t\":")
    integer(point.time)
    literal(",\"v\":")
    value(point.value)
    literal(",\"m\":")
    figure(point.mean)
    literal(",\"s\":")
    figure(point.std)
    literal(point.isFlagged ? ",\"f\":1}" : ",\"f\":0}")
  }
}

extension RandomAccessCollection {
  /// The first index whose element is `isBehind`, where all such elements are at the end.
  fileprivate func partitioningIndex(where isBehind: (Element) -> Bool) -> Index {
    var low = startIndex
    var count = self.count
    while count > 0 {
      let middle = index(low, offsetBy: count / 2)
      if isBehind(self[middle]) {
        count /= 2
      } else {
        low = index(after: middle)
        count -= count / 2 + 1
      }
    }
    return low
  }
}
