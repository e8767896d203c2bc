import Alerting

extension AlertsFile {
  /// What routes may refer to.
  struct Names {
    var receivers: [String]
    var schedules: [String]

    /// A receiver's name that is one.
    func receiver(_ node: StrictNode) throws -> String {
      try Self.known(node, receivers, "receiver")
    }

    fileprivate func schedule(_ node: StrictNode) throws -> String {
      try Self.known(node, schedules, "mute schedule")
    }

    private static func known(
      _ node: StrictNode, _ names: [String], _ what: String
    ) throws -> String {
      let name = try node.nonEmptyText()
      guard names.contains(name) else {
        let others = names.isEmpty ? "none is" : "there are: \(names.joined(separator: ", "))"
        throw node.error("no \(what) is named \"\(name)\" (\(others))")
      }
      return name
    }
  }
}

extension AlertsFile.Names {
  /// Deeper trees are not understood by anybody, and larger ones are made by an alias too many.
  private static var maxDepth: Int { 16 }
  private static var maxRoutes: Int { 10_000 }

  /// Reads the root of the tree.
  func root(_ node: StrictNode) throws -> Route {
    var names: Set<String> = ["root"]
    return try route(node, beginning: Route(), depth: 1, &names)
  }

  /// Reads a route that is as `beginning` in all that it does not say.
  private func route(
    _ node: StrictNode, beginning: Route, depth: Int, _ names: inout Set<String>
  ) throws -> Route {
    var route = beginning
    var children: StrictNode?
    var name: StrictNode?
    let below: [String: (StrictNode) throws -> Void] = [
      "name": { name = $0 },
      "match": { route.matchers = try $0.matchers() },
      "continue": { route.continues = try $0.boolean() },
    ]
    let all: [String: (StrictNode) throws -> Void] = [
      "receivers": { route.receivers = try receivers($0) },
      "groupBy": { route.groupBy = try $0.labels() },
      "groupWait": { route.groupWait = try $0.duration(in: 0...3_600_000) },
      "groupInterval": { route.groupInterval = try $0.duration(in: 1_000...86_400_000) },
      "repeatInterval": { route.repeatInterval = try $0.duration(in: 60_000...31_536_000_000) },
      "mute": { route.mute = try $0.items().map(schedule) },
      "escalate": { route.escalations = try escalations($0) },
      "routes": { children = $0 },
    ]
    if depth == 1 {
      try node.mapping(
        all,
        elsewhere: (
          Set(below.keys),
          "is for the routes below this one, which takes everything and is named root"
        ))
    } else {
      try node.mapping(all.merging(below) { first, _ in first })
    }
    if let name { route.name = try Self.routeName(name, names) }
    names.insert(route.name)
    guard names.count <= Self.maxRoutes else {
      throw node.error("there are more than \(Self.maxRoutes) routes")
    }
    guard let children else { return route }
    guard depth < Self.maxDepth else {
      throw children.error("lie deeper than \(Self.maxDepth) routes")
    }
    var catchAll: String?
    for (place, item) in try children.list().enumerated() {
      var beginning = route
      beginning.name = "\(route.name)/\(place + 1)"
      beginning.matchers = []
      beginning.continues = false
      beginning.routes = []
      let child = try self.route(item, beginning: beginning, depth: depth + 1, &names)
      if let catchAll {
        throw item.error(
          "is never reached: the route \"\(catchAll)\" before it matches everything, and does not "
            + "continue")
      }
      if child.matchers.isEmpty && !child.continues { catchAll = child.name }
      route.routes.append(child)
    }
    return route
  }

  /// A name with a slash is that of a route which was given none.
  private static func routeName(_ node: StrictNode, _ names: Set<String>) throws -> String {
    let name = try node.name()
    // Digests are a group of their own, which belongs to no route.
    guard name != "digest" else { throw node.error("digest is the name of what digests are") }
    guard !names.contains(name) else {
      throw node.error(
        name == "root"
          ? "root is the name of the route above all" : "two routes are named \"\(name)\"")
    }
    return name
  }

  /// Receivers, none twice.
  private func receivers(_ node: StrictNode) throws -> [String] {
    var found: [String] = []
    for item in try node.items() {
      let name = try receiver(item)
      guard !found.contains(name) else { throw item.error("\"\(name)\" is given twice") }
      found.append(name)
    }
    return found
  }

  private func escalations(_ node: StrictNode) throws -> [Route.Escalation] {
    var found: [Route.Escalation] = []
    for item in try node.list() {
      var after: Int64?
      var names: [String] = []
      try item.mapping([
        "after": { after = try $0.duration(in: 1_000...604_800_000) },
        "receivers": { names = try receivers($0) },
      ])
      guard let after else { throw item.error("has no after: how long nobody has acknowledged") }
      guard !names.isEmpty else { throw item.error("has no receivers") }
      guard found.last.map({ $0.after < after }) ?? true else {
        throw item.error("must come later than the escalation before it", at: "after")
      }
      found.append(Route.Escalation(after: after, receivers: names))
    }
    return found
  }
}
