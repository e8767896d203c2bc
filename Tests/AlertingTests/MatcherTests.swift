import Testing

@testable import Alerting

@Suite struct MatcherTests {
  private let labels = AlertLabels(values: [
    .kind: "wearer", .user: "u-17", .device: "", .cause: "rule:200", .rule: "200",
    .severity: "danger",
  ])

  @Test(arguments: [
    "user=u-17", "user = u-17", "user=\"u-17\"", "user=u-*", "user=?-17", "user=~u-[0-9]+",
    "user!=u-18", "user!=v*", "user!~u-[0-9]", "device=", "site=", "severity=danger",
    "cause=rule:*", "cause=rule:200", "rule=200", "kind=~wearer|camera", "user=~(?i)U-17",
  ])
  func fits(_ text: String) throws { #expect(try Matcher(text).matches(labels)) }

  @Test(arguments: [
    "user=u-1", "user=u-17 x", "user!=u-17", "user=~u-", "user=~17", "user!~u-.*",
    "severity=warning", "device=?", "kind=camera",
  ])
  func doesNotFit(_ text: String) throws { #expect(try !Matcher(text).matches(labels)) }

  @Test(arguments: [
    ("", "no operation"), ("user", "no operation"), ("=x", "no label before"),
    ("person=x", "no label 'person': use kind, user"), ("user!x", "no such operation"),
    ("user=~[", "no regular expression"), ("severity=critical", "'warning' or 'danger'"),
    ("cause=tired", "abnormal"), ("rule=two", "number of a rule"),
  ])
  func saysWhatIsWrong(_ text: String, _ reason: String) {
    let error = #expect(throws: MatcherError.self) { try Matcher(text) }
    #expect(error?.description.contains(reason) ?? false, "\(String(describing: error))")
  }

  @Test func isReadAgainFromItsText() throws {
    for text in ["user=u-17", "user=\" u\"", "site!~a.*", "user=\"\"x\"\"", "device="] {
      let matcher = try Matcher(text)
      #expect(try Matcher(matcher.text) == matcher)
    }
  }

  @Test func comparesBytesAsIdsAreCompared() throws {
    let composed = AlertLabels(values: [.user: "\u{E9}"])
    #expect(try !Matcher("user=e\u{301}").matches(composed))
    #expect(try Matcher("user=\u{E9}").matches(composed))
  }
}

@Suite struct RouteTreeTests {
  private func route(
    _ name: String, _ matchers: [String], _ receivers: [String] = [], continues: Bool = false,
    children: [Route] = []
  ) throws -> Route {
    var route = Route()
    route.name = name
    route.matchers = try matchers.map { try Matcher($0) }
    route.receivers = receivers.isEmpty ? [name] : receivers
    route.continues = continues
    route.routes = children
    return route
  }

  private func taken(_ tree: RouteTree, _ values: [AlertLabel: String]) -> [String] {
    tree.routes(for: AlertLabels(values: values)).map(\.route)
  }

  @Test func deepestFirstChildWinsUnlessItContinues() throws {
    let tree = RouteTree(
      try route(
        "root", [],
        children: [
          try route(
            "wearers", ["kind=wearer"],
            children: [
              try route("grave", ["severity=danger"]), try route("never", ["severity=danger"]),
            ]),
          try route("log", ["severity=~.*"], continues: true),
          try route("cameras", ["kind=camera"]),
          try route("late", ["kind=camera"]),
        ]))
    #expect(taken(tree, [.kind: "wearer", .severity: "danger"]) == ["grave"])
    #expect(taken(tree, [.kind: "wearer", .severity: "warning"]) == ["wearers"])
    #expect(taken(tree, [.kind: "camera", .severity: "danger"]) == ["log", "cameras"])
    #expect(taken(tree, [.kind: "truck", .severity: "danger"]) == ["log"])
  }

  @Test func rootTakesWhatNoChildTakesAndNothingThatItDoesNotMatch() throws {
    let tree = RouteTree(
      try route("root", ["kind=wearer"], children: [try route("a", ["user=a"])]))
    #expect(taken(tree, [.kind: "wearer", .user: "b"]) == ["root"])
    #expect(taken(tree, [.kind: "camera", .user: "a"]) == [])
  }

  @Test func groupsAreNamedAfterRouteAndLabels() throws {
    var root = try route("root", [], ["a", "b", "a"])
    root.groupBy = [.user, .kind]
    let match = RouteTree(root).routes(for: AlertLabels(values: [.user: "a\"\\b", .kind: "w"]))
    #expect(match.first?.group == #"root{user="a\"\\b",kind="w"}"#)
    #expect(match.first?.receivers == ["a", "b"])
    #expect(match.first?.groupLabels == [.user: "a\"\\b", .kind: "w"])
  }

  @Test(arguments: [
    #"root{user="a\"\\b",kind="w"}"#, "root{}", "a{b}{user=\"x\"}", "root/2{site=\"{},=\"}",
  ])
  func groupNamesAreReadAgain(_ text: String) {
    let name = GroupName(text)
    let labels = AlertLabels(values: name.labels)
    let order: [AlertLabel] = name.labels.count == 2 ? [.user, .kind] : Array(name.labels.keys)
    #expect(GroupName.text(route: name.route, by: order, of: labels) == text)
  }
}
