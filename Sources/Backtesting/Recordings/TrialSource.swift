import Events

/// A file of which recordings come one after the other.
protocol TrialSource: AnyObject {
  var badLines: BadLines { get }
  /// Bytes of the file that have been read.
  var offset: Int { get }
  func next() throws(BacktestError) -> Recording?
}

/// The recordings of a file whose lines say whose they are, in any order: they are whole at its end.
struct SubjectDrafts {
  private struct Key: Hashable {
    var user: String
    var device: String
  }

  /// What goes before the names; nothing for a file that is alone.
  private let file: String?
  private var drafts: [TrialDraft] = []
  private var places: [Key: Int] = [:]
  private var finished = 0

  init(file: String?) { self.file = file }

  mutating func with(
    user: String, device: String, origin: Int64? = nil, _ body: (inout TrialDraft) -> Void
  ) {
    let key = Key(user: user, device: device)
    if let place = places[key] { return body(&drafts[place]) }
    places[key] = drafts.count
    let subject = device.isEmpty ? user : "\(user)/\(device)"
    var draft = TrialDraft(
      name: file.map { "\($0):\(subject)" } ?? subject, user: user, device: device, origin: origin)
    body(&draft)
    drafts.append(draft)
  }

  /// The next recording, in the order of first lines; to be called at the end of the file.
  mutating func next(
    _ values: TextValues, keepsResolution: Bool = true, source: String
  ) throws(BacktestError) -> Recording? {
    while finished < drafts.count {
      let place = finished
      finished += 1
      let recording = try drafts[place].finished(
        values, keepsResolution: keepsResolution, source: source)
      drafts[place] = TrialDraft(name: "")
      if let recording { return recording }
    }
    return nil
  }
}
