import Events

@testable import Detection

/// Tracking by its plain meaning: every track keeps every sight, and all is counted anew from the log.
struct TrackReference {
  private struct Sight {
    var frame: Int
    var place: Int
    var object: DetectedObject
    var median: Int32 = 0
  }

  private struct Track {
    var sights: [Sight]
    var isGone = false
    var last: Sight { sights[sights.count - 1] }
  }

  let rules: TrackRules
  private var log: [TestFrame] = []
  private var tracks: [Track] = []

  init(_ rules: TrackRules) { self.rules = rules }

  mutating func take(_ frame: TestFrame) -> [TrackFacts] {
    let now = log.count
    log.append(frame)
    for track in tracks.indices
    where frame.time - log[tracks[track].last.frame].time > rules.timeout {
      tracks[track].isGone = true
    }
    let places = 0..<min(frame.objects.count, 64)
    let counting = places.filter {
      !frame.objects[$0].flags.contains(.ended)
        && frame.objects[$0].probability >= rules.minProbability
    }
    var owners: [Int: Int] = [:]
    // Known by number or class.
    for place in counting {
      guard let track = named(frame.objects[place]) else { continue }
      owners[place] = track
      see(track, Sight(frame: now, place: place, object: frame.objects[place]))
    }
    // Known by box: the best pair of all, again and again.
    while let (place, track) = bestPair(counting.filter { owners[$0] == nil }, now) {
      owners[place] = track
      see(track, Sight(frame: now, place: place, object: frame.objects[place]))
    }
    for place in counting where owners[place] == nil {
      let sight = Sight(frame: now, place: place, object: frame.objects[place])
      if let track = named(frame.objects[place]) {
        owners[place] = track
        see(track, sight)
        continue
      }
      let open = tracks.indices.filter { !tracks[$0].isGone }
      if open.count == 64 {
        let leaving = open.max {
          let (one, other) = (tracks[$0].last, tracks[$1].last)
          return one.frame != other.frame ? one.frame > other.frame : one.place < other.place
        }
        tracks[leaving!].isGone = true
      }
      owners[place] = tracks.count
      tracks.append(Track(sights: [sight]))
    }
    let others = places.filter { !counting.contains($0) }
    for place in others {
      owners[place] = named(frame.objects[place]) ?? bestPair([place], now)?.track
    }
    for track in tracks.indices where tracks[track].last.frame == now {
      let end = tracks[track].sights.count - 1
      tracks[track].sights[end].median = median(track, tracks[track].last.object.classID)
    }
    let facts = frame.objects.indices.map { place -> TrackFacts in
      guard let track = owners[place] else { return TrackFacts(frames: 0, median: 0, topMedian: 0) }
      return self.facts(track, frame.objects[place].classID, at: frame.time)
    }
    for place in others where frame.objects[place].flags.contains(.ended) {
      if let track = named(frame.objects[place]) { tracks[track].isGone = true }
    }
    return facts
  }

  private func hasBox(_ object: DetectedObject) -> Bool {
    object.track == 0 && object.flags.contains(.hasBox) && object.box.width > 0
      && object.box.height > 0
  }

  private func named(_ object: DetectedObject) -> Int? {
    if hasBox(object) { return nil }
    return tracks.indices.first {
      guard !tracks[$0].isGone else { return false }
      let first = tracks[$0].sights[0].object
      return object.track != 0
        ? first.track == object.track
        : first.track == 0 && !hasBox(first) && first.classID == object.classID
    }
  }

  private mutating func see(_ track: Int, _ sight: Sight) {
    guard tracks[track].last.frame == sight.frame else {
      tracks[track].sights.append(sight)
      return
    }
    if sight.object.probability > tracks[track].last.object.probability {
      var better = sight
      better.place = tracks[track].last.place
      tracks[track].sights[tracks[track].sights.count - 1] = better
    }
  }

  private func bestPair(_ places: [Int], _ now: Int) -> (place: Int, track: Int)? {
    typealias Wide = Reference.Wide
    var best: (place: Int, track: Int, common: Wide, union: Wide)?
    for place in places where hasBox(log[now].objects[place]) {
      for track in tracks.indices
      where !tracks[track].isGone && hasBox(tracks[track].sights[0].object)
        && tracks[track].last.frame < now
      {
        let last = tracks[track].last
        let elapsed = log[now].time - log[last.frame].time
        let a = grown(log[now].objects[place].box, elapsed)
        let b = grown(last.object.box, elapsed)
        let width = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
        let height = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
        guard width > 0, height > 0 else { continue }
        let common = Wide(width) * Wide(height)
        let union = Wide(a.width) * Wide(a.height) + Wide(b.width) * Wide(b.height) - common
        guard common * 1_000_000 >= union * Wide(rules.minOverlap) else { continue }
        if let best {
          let (one, other) = (tracks[track].last, tracks[best.track].last)
          if one.frame < other.frame { continue }
          if one.frame == other.frame {
            if common * best.union < best.common * union { continue }
            if common * best.union == best.common * union,
              (one.place, place) > (other.place, best.place)
            {
              continue
            }
          }
        }
        best = (place, track, common, union)
      }
    }
    return best.map { ($0.place, $0.track) }
  }

  /// A box that has grown for the time between two frames, at most two seconds.
  private func grown(_ box: Box, _ elapsed: Int64) -> Box {
    let share = Int64(rules.speed) * min(max(elapsed, 0), 2_000) / 1_000
    let more = Int32(min(Int64(max(box.width, box.height)) * share / 1_000_000, 2_000_000))
    return Box(
      x: box.x - more / 2, y: box.y - more / 2, width: box.width + more,
      height: box.height + more)
  }

  /// The median of a track for a class, after the last frame of the log.
  private func median(_ track: Int, _ classID: UInt16) -> Int32 {
    let sights = tracks[track].sights
    var scores: [Int32] = []
    for frame in (sights[0].frame..<log.count).reversed() where scores.count < 10 {
      if let sight = sights.last(where: { $0.frame == frame }) {
        scores.append(sight.object.classID == classID ? sight.object.probability : 0)
      } else if log[frame].isWhole {
        scores.append(0)
      }
    }
    while scores.count < 3 { scores.append(0) }
    scores.sort()
    let middle = scores.count / 2
    return scores.count % 2 == 1 ? scores[middle] : (scores[middle - 1] + scores[middle]) / 2
  }

  private func facts(_ track: Int, _ classID: UInt16, at time: Int64) -> TrackFacts {
    let recent = tracks[track].sights.filter { log[$0.frame].time / 600_000 >= time / 600_000 - 1 }
    return TrackFacts(
      frames: recent.count, median: median(track, classID),
      topMedian: recent.filter { $0.object.classID == classID }.map(\.median).max() ?? 0)
  }
}
