/// What the engine knows of one assigned partition.
struct PartitionState {
  /// Whether the partition is ours at present.
  var isAssigned = false
  /// The next offset to take; what lies before it has been taken already.
  var position: Int64 = 0
  /// Records before this offset had their effects before a restart: they only refill the windows.
  var liveFrom: Int64 = 0
  /// The newest arrival of a record that has been taken, in milliseconds.
  var newest: Int64 = .min
  /// The same of all that had been taken before a restart.
  var newestBefore: Int64 = .min
  /// A time at which all records had been taken.
  var caughtUp: Int64 = .min
  /// The oldest offset that a live window needs, as of the last full sweep.
  var rewind: Int64 = 0
  /// The step at which the records became live.
  var liveSince: UInt32 = 0
  var checkpoints = Checkpoints()
  /// Whether progress is to be handed out.
  var hasMoved = false

  var isLive: Bool { position >= liveFrom }

  /// The partition's own clock, by which silence is measured.
  var clock: Int64 { max(newest, caughtUp) }

  /// When the newest record that has had its effects arrived. Those that fill windows again are not looked at:
  /// if the log is not what it was, there may be some among them that have not.
  var lastArrival: Int64? {
    let arrival = isLive ? max(newest, newestBefore) : newestBefore
    return arrival == .min ? nil : arrival
  }
}
