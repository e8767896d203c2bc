import Alerting

/// The receivers that are told otherwise than by HTTP.
extension AlertsFile {
  static func smtp(
    _ node: StrictNode, _ surroundings: Surroundings
  ) throws -> (kind: ReceiverSettings.Kind, destination: String) {
    var server: (host: String, port: Int?)?
    var settings = ReceiverSettings.SMTP(server: "", from: "", to: [])
    try node.mapping([
      "server": { server = try $0.hostAndPort() },
      "security": { settings.security = try $0.choice() },
      "caFile": { settings.caFile = try $0.readableFile(surroundings) },
      "username": { settings.username = try $0.nonEmptyText() },
      "password": { settings.password = try $0.secret(surroundings) },
      "from": { settings.from = try $0.mailAddress() },
      "to": { settings.to = try $0.mailAddresses() },
    ])
    guard let server else { throw node.error("has no server, like mail.example.org:587") }
    guard !settings.from.isEmpty else { throw node.error("has no from") }
    guard !settings.to.isEmpty else { throw node.error("has no to") }
    guard (settings.username == nil) == (settings.password == nil) else {
      throw node.error("needs username and password, or neither")
    }
    let isLocal = ["localhost", "127.0.0.1", "[::1]"].contains(server.host)
    guard settings.password == nil || settings.security != .none || isLocal else {
      throw node.error(
        "would send the password for everybody to read: use starttls or tls", at: "security")
    }
    let usualPort =
      switch settings.security {
      case .starttls: 587
      case .tls: 465
      case .none: 25
      }
    settings.server = "\(server.host):\(server.port ?? usualPort)"
    return (
      .smtp(settings), "mail to \(settings.to.joined(separator: ", ")) through \(settings.server)"
    )
  }

  static func nagios(
    _ node: StrictNode, _ surroundings: Surroundings
  ) throws -> (kind: ReceiverSettings.Kind, destination: String) {
    var ways: [(way: ReceiverSettings.Nagios.Way, destination: String)] = []
    var settings = ReceiverSettings.Nagios(way: .commandFile(""))
    try node.mapping([
      "commandFile": { node in
        // Not there while Nagios is not running.
        let path = try node.text()
        guard path.hasPrefix("/") else { throw node.error("is not a whole path from / on") }
        ways.append((.commandFile(path), path))
      },
      "pipe": { node in
        let program = try node.program(surroundings)
        ways.append((.pipe(program), "through \(program[0])"))
      },
      "host": { settings.host = try $0.template() },
      "service": { settings.service = try $0.template() },
    ])
    guard ways.count == 1, let (way, destination) = ways.first else {
      throw node.error("needs one of commandFile and pipe")
    }
    settings.way = way
    return (.nagios(settings), destination)
  }

  static func kafka(
    _ node: StrictNode, _: Surroundings
  ) throws -> (kind: ReceiverSettings.Kind, destination: String) {
    var topic = "acalert.alerts"
    try node.mapping([
      "topic": { node in
        topic = try node.nonEmptyText()
        guard StreamSettings.isTopicName(topic) else {
          throw node.error(
            "\"\(topic)\" is not a topic's name: 1 to 249 of a-z, A-Z, 0-9, dot, _ and -")
        }
      }
    ])
    return (.kafka(topic: topic), "topic \(topic)")
  }

  /// Its arguments are not shown: people put passwords there, against all advice.
  static func command(
    _ node: StrictNode, _ surroundings: Surroundings
  ) throws -> (kind: ReceiverSettings.Kind, destination: String) {
    let program = try node.program(surroundings)
    return (.command(ReceiverSettings.Command(arguments: program)), program[0])
  }
}
