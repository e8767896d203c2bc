import HTTPServer
import Store

/// `GET /api/v1/configs/{version}`: what judged the rows and threats that carry this version.
extension Dashboard {
  func configuration(_ version: String, _ request: HTTPRequest) throws -> HTTPReply {
    _ = try Parameters(request, known: [])
    guard let judgement = try readers.withReader({ try $0.judgement(version: version) }) else {
      return .response(.notFound("Nothing in this database was judged by such a version."))
    }
    var writer = JSONWriter(capacity: 256 + judgement.text.utf8.count)
    writer.literal("{\"version\":")
    writer.string(judgement.version)
    writer.literal(",\"first_used\":")
    writer.time(judgement.firstUsed)
    writer.literal(",\"text\":")
    writer.string(judgement.text)
    writer.byte(UInt8(ascii: "}"))
    return .response(.json(writer.bytes))
  }
}
