import Events

/// The recordings in a file with one JSON record a line, as the service reads them from Kafka: one for each
/// user and device.
final class RecordTrials: TrialSource {
  private let lines: RecordingLines
  private let decoder: RecordDecoder
  private let values: TextValues
  private var subjects: SubjectDrafts
  private var isAtEnd = false
  private(set) var badLines = BadLines()

  var offset: Int { lines.offset }

  init(_ lines: RecordingLines, name: String, isSingle: Bool, options: RecordingOptions) {
    self.lines = lines
    decoder = RecordDecoder(format: options.format)
    values = TextValues(format: options.format)
    subjects = SubjectDrafts(file: isSingle ? nil : name)
  }

  func next() throws(BacktestError) -> Recording? {
    while !isAtEnd {
      guard let line = try lines.next() else {
        isAtEnd = true
        break
      }
      if line.isEmpty { continue }
      do throws(InvalidRecord) {
        // When they arrived is not known: no time is too far ahead.
        try decoder.decode(line, arrival: -1)
      } catch {
        badLines.add(lines.path, line: lines.number, error.description)
        continue
      }
      let samples = decoder.samples
      let axes = decoder.axes
      subjects.with(
        user: String(decoding: decoder.user, as: UTF8.self),
        device: String(decoding: decoder.device, as: UTF8.self)
      ) { draft in
        for place in samples.indices {
          if axes.isEmpty {
            draft.append(samples[place])
          } else {
            draft.append(samples[place], axes[place])
          }
        }
      }
    }
    return try subjects.next(values, source: lines.path)
  }
}
