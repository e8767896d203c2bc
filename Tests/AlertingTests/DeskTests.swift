import Detection
import Events
import Foundation
import Store
import Synchronization
import Testing

@testable import Alerting

/// The whole way of an alert over a real database, with receivers that are played.
@Suite struct DeskTests {
  @Test func isToldWhenItOpensAndWhenItIsResolved_OnceEach() throws {
    let room = try DeskRoom()
    let desk = try room.open()
    try room.raise(.danger)
    try room.eventually("firing was told") { room.sink.messages.count == 1 }
    try room.clear()
    try room.eventually("its end was told") { room.sink.messages.count == 2 }
    let (first, second) = (room.sink.messages[0], room.sink.messages[1])
    #expect(first.status == .firing && first.entries.map(\.status) == [.firing])
    #expect(first.entries[0].user == "u-1" && first.entries[0].reason == "3 abnormal")
    #expect(second.status == .resolved && second.entries.map(\.status) == [.resolved])
    #expect(first.incidentKey == second.incidentKey && first.key != second.key)
    try room.eventually("it is settled") { try room.store.unsettledAlerts().isEmpty }
    let history = try room.reader.alertEvents(of: 1).map(\.kind)
    #expect(history == [.opened, .notified, .recovering, .resolved, .notified])
    withExtendedLifetime(desk) {}
  }

  @Test func secondEpisode_IsAnotherIncident() throws {
    let room = try DeskRoom()
    let desk = try room.open()
    for round in 1...2 {
      try room.raise(.danger)
      try room.eventually("told") { room.sink.messages.count == 2 * round - 1 }
      try room.clear()
      try room.eventually("resolved") { room.sink.messages.count == 2 * round }
    }
    #expect(Set(room.sink.messages.map(\.incidentKey)).count == 2)
    withExtendedLifetime(desk) {}
  }

  @Test func decidedButNotYetPlanned_IsToldByTheNextLife() throws {
    let room = try DeskRoom()
    // This life has no threads: it writes what it decides, and dies.
    let dead = try room.make()
    try room.raise(.danger, on: dead)
    #expect(room.sink.messages.isEmpty)
    let desk = try room.open()
    try room.eventually("told") { room.sink.messages.count == 1 }
    withExtendedLifetime((desk, dead)) {}
  }

  @Test func deathDuringDelivery_LeadsToOneMoreCallWithTheSameKey() throws {
    let room = try DeskRoom()
    room.sink.hold()
    let dead = try room.open()
    try room.raise(.danger)
    try room.eventually("the call is under way") { room.sink.messages.count == 1 }
    dead.abandon()
    let desk = try room.open()
    room.sink.release()
    try room.eventually("told again") { room.sink.messages.count == 2 }
    #expect(room.sink.messages[0] == room.sink.messages[1])
    try room.eventually("nothing waits") { try room.store.waitingNotifications().isEmpty }
    withExtendedLifetime(desk) {}
  }

  @Test func whatFails_IsTriedAgainWithTheSameKey_AndEveryCallIsOnRecord() throws {
    let room = try DeskRoom()
    room.sink.answers([
      SinkAnswer(outcome: .retried, reason: "http_5xx", status: 503, answer: "busy"),
      SinkAnswer(outcome: .retried, reason: "timeout", answer: "no answer"),
    ])
    let desk = try room.open()
    try room.raise(.warning)
    try room.eventually("accepted at last") {
      try room.reader.alertNotifications(of: 1).first?.notification.state == .delivered
    }
    #expect(Set(room.sink.messages.map(\.key)).count == 1 && room.sink.messages.count == 3)
    let calls = try room.reader.alertNotifications(of: 1)[0].deliveries
    #expect(calls.map(\.attempt) == [1, 2, 3])
    #expect(calls.map(\.reason) == ["http_5xx", "timeout", "ok"])
    #expect(calls[0].status == 503 && calls[0].answer == "busy")
    withExtendedLifetime(desk) {}
  }

  @Test func slowReceiver_DelaysNoOther() throws {
    let room = try DeskRoom(receivers: ["slow", "quick"])
    room.sink(of: "slow").hold()
    let desk = try room.open()
    try room.raise(.danger)
    try room.eventually("the quick one was told") { room.sink(of: "quick").messages.count == 1 }
    try room.clear()
    try room.eventually("and of the end") { room.sink(of: "quick").messages.count == 2 }
    #expect(room.sink(of: "slow").messages.count == 1)
    room.sink(of: "slow").release()
    try room.eventually("the slow one too") { room.sink(of: "slow").messages.count == 2 }
    withExtendedLifetime(desk) {}
  }

  @Test func refusal_IsSeenAtOnce_AndTheFallbackIsTold() throws {
    let room = try DeskRoom(receivers: ["oncall", "mail"], told: ["oncall"]) { settings in
      settings.fallback = "mail"
    }
    room.sink(of: "oncall").answers([
      SinkAnswer(outcome: .refused, reason: "http_4xx", status: 401, answer: "bad key")
    ])
    let desk = try room.open()
    try room.raise(.danger)
    try room.eventually("the fallback knows") { room.sink(of: "mail").messages.count == 1 }
    let notice = room.sink(of: "mail").messages[0]
    #expect(notice.kind == "notice" && notice.notice.contains("oncall"))
    let figures = try #require(desk.desk.receivers.first)
    #expect(figures.health.isFailing && figures.health.lastError.contains("bad key"))
    #expect(try room.reader.alertEvents(of: 1).last?.kind == .refused)
    // It works again with the next message.
    try room.clear()
    try room.eventually("works again") { room.sink(of: "mail").messages.count == 2 }
    #expect(!desk.desk.receivers[0].health.isFailing)
  }

  @Test func whileAReceiverFails_TheFallbackHearsOfEachDanger() throws {
    let room = try DeskRoom(receivers: ["oncall", "mail"], told: ["oncall"]) { settings in
      settings.fallback = "mail"
      settings.receivers[0].sendsResolved = false
    }
    let refusal = SinkAnswer(outcome: .refused, reason: "http_4xx", status: 401, answer: "no")
    room.sink(of: "oncall").answers(Array(repeating: refusal, count: 9))
    let desk = try room.open()
    for round in 1...3 {
      try room.raise(.danger)
      try room.eventually("the fallback knows") {
        room.sink(of: "mail").messages.count == round
      }
      #expect(room.sink(of: "mail").messages.last?.notice.contains("DANGER: u-1") == true)
      try room.clear()
      try room.eventually("resolved") { try room.store.unsettledAlerts().isEmpty }
    }
    withExtendedLifetime(desk) {}
  }

  @Test func thatKafkaIsNotHeard_TheFallbackIsToldOnce_AndOfItsReturn() throws {
    let room = try DeskRoom(receivers: ["oncall", "mail"], told: ["oncall"]) { settings in
      settings.fallback = "mail"
      settings.failingAfter = 60_000
    }
    let desk = try room.open()
    var messages: [AlertMessage] { room.sink(of: "mail").messages }
    func tick(unheard: Int64?) throws {
      room.unheard.value = unheard
      _ = try desk.desk.tick()
    }
    for unheard in [nil, 3_000, 59_999] as [Int64?] { try tick(unheard: unheard) }
    for unheard in [60_000, 61_000, nil, 200_000] as [Int64?] { try tick(unheard: unheard) }
    try room.eventually("the fallback knows") { messages.count == 1 }
    #expect(messages[0].kind == "notice" && messages[0].notice.hasPrefix("Kafka has not answered"))
    try tick(unheard: 1_000)
    try tick(unheard: 2_000)
    try room.eventually("and of its return") { messages.count == 2 }
    #expect(messages[1].notice.hasPrefix("Kafka answers for all partitions again"))
    #expect(messages[0].key != messages[1].key)
    try tick(unheard: 60_000)
    try room.eventually("and of the next time") { messages.count == 3 }
    #expect(room.sink(of: "oncall").messages.isEmpty)
  }

  @Test func commands_ChangeTheAlertAndItsRecord() throws {
    let room = try DeskRoom()
    let desk = try room.open()
    try room.raise(.danger)
    try desk.desk.acknowledge(1, author: "Ann", note: "on my way")
    #expect(try room.reader.alert(1)?.alert.acknowledgement?.author == "Ann")
    #expect(throws: AlertDesk.Refusal.alreadyAcknowledged) {
      try desk.desk.acknowledge(1, author: "Ben", note: "")
    }
    #expect(throws: AlertDesk.Refusal.unknown) {
      try desk.desk.acknowledge(99, author: "", note: "")
    }
    try desk.desk.resolve(1, author: "Ann", note: "false alarm")
    #expect(try room.reader.alert(1)?.alert.phase == .resolved)
    #expect(throws: AlertDesk.Refusal.resolved) {
      try desk.desk.resolve(1, author: "Ann", note: "")
    }
  }

  @Test func judged_AtAnyTime_TellsNobody_AndIsKeptOverLaterChanges() throws {
    let room = try DeskRoom()
    let desk = try room.open()
    try room.raise(.warning)
    try room.eventually("told") { room.sink.messages.count == 1 }
    let verdict = Verdict(kind: .confirmed, note: "she fell", author: "Ann", time: 5)
    let before = room.store.currentRevision
    try desk.desk.judge(1, verdict: verdict)
    #expect(room.store.currentRevision == before + 1)
    #expect(try room.reader.alert(1)?.alert.verdict == verdict)
    // What the desk itself knows of the alert has it as well.
    try desk.desk.resolve(1, author: "Ann", note: "")
    #expect(try room.reader.alert(1)?.alert.verdict == verdict)
    let second = Verdict(kind: .falseAlarm, time: 6)
    try desk.desk.judge(1, verdict: second)
    #expect(try room.reader.alert(1)?.alert.verdict == second)
    #expect(try room.reader.verdicts(ofAlert: 1) == [verdict, second])
    #expect(throws: AlertDesk.Refusal.unknown) { try desk.desk.judge(99, verdict: verdict) }
    let long = Verdict(kind: .confirmed, note: String(repeating: "x", count: 2_001), time: 7)
    #expect(throws: StoreError.self) { try desk.desk.judge(1, verdict: long) }
    #expect(try room.reader.alertEvents(of: 1).allSatisfy { $0.kind != .acknowledged })
    #expect(room.sink.messages.filter { $0.status == .firing }.count == 1)
  }

  @Test func silenced_IsRecordedAndNotTold_UntilTheSilenceEnds() throws {
    let room = try DeskRoom()
    let desk = try room.open()
    #expect(throws: StoreError.self) {
      try desk.desk.add(room.silence(["colour=red"]))
    }
    let id = try desk.desk.add(room.silence(["user=u-*"]))
    try room.raise(.danger)
    try room.eventually("it is on record as silenced") {
      try room.reader.alertEvents(of: 1).map(\.kind) == [.opened, .silenced]
    }
    #expect(room.sink.messages.isEmpty)
    #expect(try desk.desk.expireSilence(id))
    try room.eventually("told now") { room.sink.messages.count == 1 }
    #expect(try !desk.desk.expireSilence(99))
  }

  @Test func batchThatCouldNotBeWritten_IsTakenOnce() throws {
    let room = try DeskRoom()
    let desk = try room.open()
    try room.raise(.warning)
    let other = try room.lockDatabase()
    #expect(throws: StoreError.self) { try room.raise(.danger) }
    #expect(throws: AlertDesk.Refusal.busy) {
      try desk.desk.acknowledge(1, author: "", note: "")
    }
    other()
    try room.raise(.danger)
    let alert = try #require(try room.reader.alert(1)?.alert)
    #expect(alert.severity == .danger)
    #expect(try room.reader.alertEvents(of: 1).filter { $0.kind == .raised }.count == 1)
  }

  @Test func otherSettings_TakeEffectAtOnce_AndWhatWaitsForAReceiverThatIsGoneIsRefused() throws {
    let room = try DeskRoom(receivers: ["old"])
    room.sink(of: "old").answers([
      SinkAnswer(outcome: .retried, reason: "connection", retryAfter: 3_600_000)
    ])
    let desk = try room.open()
    try room.raise(.danger)
    try room.eventually("it waits") {
      try room.store.waitingNotifications().first?.attempts == 1
    }
    try desk.desk.use(DeskRoom.settings(["new"]))
    desk.serve(["new"])
    try room.eventually("the new one was told") { room.sink(of: "new").messages.count == 1 }
    #expect(try room.store.waitingNotifications().isEmpty)
  }
}
