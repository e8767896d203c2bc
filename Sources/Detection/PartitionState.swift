/// What the engine knows of one assigned partition.
struct PartitionState {
  /// Whether the partition is ours at present.
  var isAssigned = false
  /// The next offset to take; what lies before it has been taken already.
  var position: Int64 = 0
  /// Records before this offset had their effects before a restart: they only refill the windows.
  var liveFrom: Int64 = 0
  /// The partition's own clock, by which silence is measured: the newest arrival, in milliseconds.
  var clock: Int64 = .min
  /// The oldest offset that a live window needs, as of the last full sweep.
  var rewind: Int64 = 0
  /// The step at which the records became live.
  var liveSince: UInt32 = 0
  var checkpoints = Checkpoints()
  /// Whether progress is to be handed out.
  var hasMoved = false

  var isLive: Bool { position >= liveFrom }
}
