import Detection
import Store

/// The episodes of one subject and cause, told from the whole of their history, one step after the other:
/// slow, and without any of the book's means.
struct EpisodeReference {
  enum Step: Equatable {
    case told(SafetyState?)
    case acknowledged
    case resolvedByHand
  }

  struct Episode: Equatable {
    var opened: Int64
    var severity: SafetyState
    var raised: Int64
    var recovering: Int64?
    var resolved: Int64?
    var flaps = 0
    var isAcknowledged = false
    var events: [String]
  }

  var keepFiring: Int64
  /// Only for silence: the delay, and the severity instead of the one told.
  var delay: Int64 = 0
  var severity: SafetyState?

  func episodes(of history: [(time: Int64, step: Step)], until end: Int64) -> [Episode] {
    var all: [Episode] = []
    var silentSince: Int64?
    /// What has happened by itself before `time`, or at it.
    func pass(to time: Int64) {
      if let since = silentSince, since + delay <= time {
        all.append(opened(at: since + delay, .warning))
        silentSince = nil
      }
      if let last = all.last, last.resolved == nil, let since = last.recovering,
        since + keepFiring <= time
      {
        all[all.count - 1].recovering = nil
        all[all.count - 1].resolved = since + keepFiring
        all[all.count - 1].events.append("resolved \(since + keepFiring)")
      }
    }
    for (time, step) in history {
      pass(to: time)
      let isOpen = all.last.map { $0.resolved == nil } ?? false
      let last = all.count - 1
      switch step {
      case .told(let level?):
        if !isOpen {
          if delay > 0 { silentSince = time } else { all.append(opened(at: time, level)) }
          break
        }
        if all[last].recovering != nil {
          all[last].recovering = nil
          all[last].flaps += 1
          if all[last].flaps <= AlertEvent.maxFlapEvents {
            all[last].events.append("flapped \(time)")
          }
        }
        if all[last].severity == .warning, severity ?? level == .danger {
          all[last].severity = .danger
          all[last].raised = time
          all[last].isAcknowledged = false
          all[last].events.append("raised \(time)")
        }
      case .told(nil):
        silentSince = nil
        guard isOpen, all[last].recovering == nil else { break }
        all[last].recovering = time
        if all[last].flaps < AlertEvent.maxFlapEvents {
          all[last].events.append("recovering \(time)")
        }
      case .acknowledged:
        guard isOpen, !all[last].isAcknowledged else { break }
        all[last].isAcknowledged = true
        all[last].events.append("acknowledged \(time)")
      case .resolvedByHand:
        guard isOpen else { break }
        all[last].recovering = nil
        all[last].resolved = time
        all[last].events.append("resolved \(time)")
      }
    }
    pass(to: end)
    return all
  }

  private func opened(at time: Int64, _ level: SafetyState) -> Episode {
    Episode(
      opened: time, severity: severity ?? level, raised: time, events: ["opened \(time)"])
  }
}
