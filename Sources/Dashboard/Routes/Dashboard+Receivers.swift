import HTTPServer

/// `GET /api/v1/receivers`: who is told of alerts, and whether telling them works.
extension Dashboard {
  func receivers(_ request: HTTPRequest) throws -> HTTPReply {
    _ = try Parameters(request, known: [])
    let receivers = facts.alerts.receivers()
    var writer = JSONWriter(capacity: 128 + receivers.count * 256)
    writer.literal("{\"items\":[")
    for (place, receiver) in receivers.enumerated() {
      writer.comma(unless: place == 0)
      writer.receiver(receiver)
    }
    writer.literal("]}")
    return .response(.json(writer.bytes))
  }
}

extension JSONWriter {
  fileprivate mutating func receiver(_ receiver: ReceiverState) {
    literal("{\"name\":")
    string(receiver.name)
    literal(",\"type\":")
    string(receiver.type)
    literal(receiver.failingSince == nil ? ",\"failing\":false" : ",\"failing\":true")
    literal(",\"failing_since\":")
    optionalTime(receiver.failingSince)
    literal(",\"last_error\":")
    string(receiver.lastError)
    literal(",\"waiting\":")
    integer(receiver.waiting)
    literal(",\"oldest\":")
    optionalTime(receiver.oldest)
    literal(",\"delivered\":")
    integer(receiver.delivered)
    literal(",\"retried\":")
    integer(receiver.retried)
    literal(",\"refused\":")
    integer(receiver.refused)
    byte(UInt8(ascii: "}"))
  }
}
