/// Where an alert goes.
public struct RouteMatch: Equatable, Sendable {
  /// The route's place in its tree, depth first from 0; the same for the same settings.
  public var index: Int
  /// The route's name.
  public var route: String
  /// In the order of the settings, none twice.
  public var receivers: [String]
  /// Name and labels of the group that it belongs to there.
  public var group: String
  public var groupLabels: [AlertLabel: String]
}

/// All routes, ready to be asked: depth first, the first child that matches takes the alert unless it
/// `continues`, and a route takes what none of its children takes (as Prometheus' Alertmanager does).
public struct RouteTree: Sendable {
  private struct Node: Sendable {
    var route: Route
    var matchers: MatcherSet
    var groupBy: [AlertLabel]
    var receivers: [String]
    /// Places in ``nodes``.
    var children: [Int] = []
  }

  private var nodes: [Node] = []

  public init(_ root: Route) { _ = add(root) }

  private mutating func add(_ route: Route) -> Int {
    let place = nodes.count
    var own = route
    own.routes = []
    nodes.append(
      Node(
        route: own, matchers: MatcherSet(route.matchers), groupBy: Self.unique(route.groupBy),
        receivers: Self.unique(route.receivers)))
    let children = route.routes.map { add($0) }
    nodes[place].children = children
    return place
  }

  private static func unique<Element: Hashable>(_ list: [Element]) -> [Element] {
    var seen: Set<Element> = []
    return list.filter { seen.insert($0).inserted }
  }

  /// The routes that take an alert with these labels; none if not even the root matches.
  public func routes(for labels: AlertLabels) -> [RouteMatch] {
    var places: [Int] = []
    _ = descend(0, labels, &places)
    return places.map { place in
      let node = nodes[place]
      var values: [AlertLabel: String] = [:]
      for label in node.groupBy { values[label] = labels[label] }
      return RouteMatch(
        index: place, route: node.route.name, receivers: node.receivers,
        group: GroupName.text(route: node.route.name, by: node.groupBy, of: labels),
        groupLabels: values)
    }
  }

  private func descend(_ place: Int, _ labels: AlertLabels, _ places: inout [Int]) -> Bool {
    guard nodes[place].matchers.matches(labels) else { return false }
    var isTaken = false
    for child in nodes[place].children where descend(child, labels, &places) {
      isTaken = true
      if !nodes[child].route.continues { break }
    }
    if !isTaken { places.append(place) }
    return true
  }

  /// A route by its place, without its children.
  func route(_ index: Int) -> Route { nodes[index].route }

  func index(ofRoute name: String) -> Int? { nodes.firstIndex { $0.route.name == name } }
}
