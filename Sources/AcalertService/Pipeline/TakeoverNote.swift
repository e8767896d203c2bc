import Detection

/// What the member of the group that takes a partition over is told by the one that had it, as the metadata
/// of the committed offset: how far back the windows reach.
struct TakeoverNote: Equatable {
  /// The oldest offset that a window still needs.
  var rewind: Int64

  init(_ progress: PartitionProgress) { rewind = progress.rewind }

  /// Reads what ``text`` wrote; `nil` if another program has committed the offset.
  init?(_ text: String) {
    guard text.hasPrefix(Self.mark), let rewind = Int64(text.dropFirst(Self.mark.count)),
      rewind >= 0
    else { return nil }
    self.rewind = rewind
  }

  var text: String { "\(Self.mark)\(rewind)" }

  private static let mark = "acalert rewind="
}
