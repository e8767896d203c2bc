import Detection
import Foundation
import Store

/// The way of a notification: planned, written, sent, and what came of it.
extension AlertDesk {
  /// A plan with its messages, ready to be written.
  struct Outgoing {
    var notifications: [AlertNotification] = []
    var groups: [AlertGroup] = []
    var settled: [Int64] = []
    var events: [AlertEvent] = []

    var isEmpty: Bool {
      notifications.isEmpty && groups.isEmpty && settled.isEmpty && events.isEmpty
    }
  }

  /// Puts the plan into words. Facts that cannot be read just now are left out: a message without the last
  /// value is better than none.
  func prepare(_ plan: DispatchPlan, _ state: borrowing State, now: Int64) -> Outgoing {
    var outgoing = Outgoing()
    outgoing.groups = plan.groups
    outgoing.settled = plan.settled
    outgoing.events = plan.events
    for planned in plan.notifications {
      let composer = MessageComposer(settings: state.settings, instance: instance)
      let alerts = planned.told.prefix(AlertMessage.maxEntries).compactMap {
        state.dispatcher.alert($0.alert)
      }
      let facts = (try? composer.facts(of: alerts, state.reader)) ?? [:]
      let message = composer.message(planned, alerts: alerts, facts: facts, now: now)
      outgoing.notifications.append(
        AlertNotification(
          receiver: planned.receiver, group: planned.group, kind: planned.kind,
          key: message.key, created: now, payload: message.json,
          told: planned.told))
    }
    return outgoing
  }

  /// Writes what is outgoing, and hands it to the receivers.
  func send(_ state: inout State) throws {
    guard !state.outgoing.isEmpty else { return }
    let outgoing = state.outgoing
    let ids = try store.enqueue(
      outgoing.notifications, groups: outgoing.groups, settled: outgoing.settled,
      changes: AlertChanges(events: outgoing.events))
    state.outgoing = Outgoing()
    for (id, notification) in zip(ids, outgoing.notifications) {
      var notification = notification
      notification.id = id
      state.posts[notification.receiver]?.queue.add([notification])
    }
  }

  // MARK: On a receiver's threads

  /// Delivers what waits for a receiver until its queue is closed. Several threads may serve one receiver.
  public func serve(_ receiver: String) {
    guard let post = state.withLock({ $0.posts[receiver] }) else { return }
    while let notification = post.queue.take(now: world.now) {
      state.withLock { _ = $0.inFlight.insert(notification.id) }
      let started = world.now()
      let answer: SinkAnswer
      let message = try? AlertMessage(json: notification.payload)
      if let message {
        answer = post.sink.send(message)
      } else {
        answer = SinkAnswer(
          outcome: .refused, reason: "unreadable",
          answer: "the message was written by another version")
      }
      finish(notification, message, answer, started: started)
    }
  }

  /// Writes what came of a call, and what follows from it.
  private func finish(
    _ notification: AlertNotification, _ message: AlertMessage?, _ answer: SinkAnswer,
    started: Int64
  ) {
    var notification = notification
    notification.attempts += 1
    let now = world.now()
    let next =
      answer.outcome == .retried
      ? now
        + backoff.wait(
          afterAttempt: notification.attempts, asked: answer.retryAfter, random: world.random())
      : nil
    let delivery = AlertDelivery(
      notification: notification.id, receiver: notification.receiver,
      attempt: notification.attempts, started: started, duration: max(0, now - started),
      outcome: answer.outcome, reason: answer.reason, status: answer.status,
      answer: answer.answer)
    record(delivery, next: next, events: events(of: notification, answer, now: now))
    state.withLock { state in
      state.inFlight.remove(notification.id)
      if let next {
        notification.nextAttempt = next
        // After a change of the settings it may have another queue.
        state.posts[notification.receiver]?.queue.add([notification])
      } else {
        state.dispatcher.finished(
          receiver: notification.receiver, group: notification.group,
          accepted: answer.outcome == .accepted, now: now)
      }
      let news = state.posts[notification.receiver]?.health.take(
        answer, now: now, failingAfter: state.settings.failingAfter)
      let isFailing = state.posts[notification.receiver]?.health.isFailing ?? false
      let text: String
      switch news {
      case .recovered: text = "the receiver \(notification.receiver) accepts messages again"
      case .failing: text = failure(of: notification, message, answer)
      case nil:
        // Who is in danger now must not be known to a receiver alone that does not listen.
        guard isFailing, message?.tellsOfDanger ?? false,
          answer.outcome == .refused || notification.attempts == 1
        else { return }
        text = failure(of: notification, message, answer)
      }
      world.report(text)
      guard state.settings.fallback != notification.receiver else { return }
      tellFallback(text, group: "receiver{name=\"\(notification.receiver)\"}", &state, now: now)
    }
    signal()
  }

  private func events(
    of notification: AlertNotification, _ answer: SinkAnswer, now: Int64
  ) -> [AlertEvent] {
    let kind: AlertEvent.Kind
    let text: String
    switch answer.outcome {
    case .retried: return []
    case .accepted: (kind, text) = (.notified, notification.receiver)
    case .refused: (kind, text) = (.refused, "\(notification.receiver): \(answer.reason)")
    }
    return notification.told.map { told in
      AlertEvent(alert: told.alert, kind: kind, time: now, text: "\(text) (\(told.status.name))")
    }
  }

  /// A call that was made must be on record, or it would be made again: tries until the store takes it or
  /// the desk is stopped.
  private func record(_ delivery: AlertDelivery, next: Int64?, events: [AlertEvent]) {
    var failures = 0
    while true {
      do {
        try store.record(delivery, nextAttempt: next, events: events)
        return
      } catch {
        failures += 1
        if failures % 20 == 1 { world.report("a delivery is not yet on record: \(error)") }
        guard (error as? StoreError)?.isRetriable ?? false else { return }
        Thread.sleep(forTimeInterval: 0.25)
      }
    }
  }

  // MARK: Receivers that fail

  private func failure(
    of notification: AlertNotification, _ message: AlertMessage?, _ answer: SinkAnswer
  ) -> String {
    let what = message.flatMap { try? AlertText().title(of: $0) } ?? "a message"
    let end = answer.outcome == .refused ? "It is not told there." : "It is tried again."
    return "the receiver \(notification.receiver) keeps failing (\(answer.reason)): "
      + "\(answer.answer.prefix(200)). It was to tell: \(what). \(end)"
  }

  /// Tells the fallback receiver, if there is one, of something that is no alert of a subject.
  ///
  /// - Parameter group: what it is about.
  func tellFallback(_ text: String, group: String, _ state: inout State, now: Int64) {
    guard let fallback = state.settings.fallback, state.posts[fallback] != nil else { return }
    let composer = MessageComposer(settings: state.settings, instance: instance)
    let message = composer.notice(text, group: group, to: fallback, now: now)
    state.outgoing.notifications.append(
      AlertNotification(
        receiver: fallback, group: message.group, kind: .notice, key: message.key, created: now,
        payload: message.json, told: []))
    do {
      try send(&state)
    } catch {
      world.report("a notice waits: \(error)")
    }
  }
}

extension AlertMessage {
  /// Whether somebody is in danger, and nobody looks after it.
  fileprivate var tellsOfDanger: Bool {
    entries.contains { $0.status == .firing && $0.severity == "danger" }
  }
}

extension AlertNotification.Told.Status {
  /// The name in the interface.
  public var name: String {
    switch self {
    case .firing: "firing"
    case .acknowledged: "acknowledged"
    case .resolved: "resolved"
    }
  }
}
