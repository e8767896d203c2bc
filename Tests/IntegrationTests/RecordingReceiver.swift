import Foundation
import Testing

/// A web server that is not ours and writes down what it is sent: a receiver of alerts.
///
/// How it answers can be changed while it runs, by requests to its `/control` path.
final class RecordingReceiver {
  /// One request.
  struct Call {
    /// When it had come in whole, in milliseconds since 1970.
    var time: Int64
    var path: String
    var headers: [String: String]
    var body: [String: Any]
  }

  private let program: ForeignProgram
  let url: String

  init() throws {
    program = try ForeignProgram(["python3", "-u", "-c", Self.script])
    let port: String = try eventually("the receiver listens") { [program] in
      program.output.split(separator: "\n").first.map(String.init)
    }
    url = "http://127.0.0.1:\(port)"
  }

  /// What has come in so far, in its order.
  func calls() throws -> [Call] {
    try program.output.split(separator: "\n").dropFirst().map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return Call(
        time: (object?["time"] as? NSNumber)?.int64Value ?? 0,
        path: object?["path"] as? String ?? "",
        headers: object?["headers"] as? [String: String] ?? [:],
        body: object?["body"] as? [String: Any] ?? [:])
    }
  }

  /// From now on requests are answered with this status, after so many seconds.
  func answer(_ status: Int, after delay: Double = 0) throws {
    _ = try ForeignProgram.run([
      "curl", "-s", "--max-time", "5", "-X", "PUT",
      "\(url)/control?status=\(status)&delay=\(delay)",
    ])
  }

  private static let script = """
    import http.server, json, sys, threading, time, urllib.parse
    state = {"status": 200, "delay": 0.0}
    lock = threading.Lock()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def body(self):
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def answer(self, status):
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def do_PUT(self):
            self.body()
            query = urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query)
            state["status"] = int(query["status"][0])
            state["delay"] = float(query["delay"][0])
            self.answer(200)

        def do_POST(self):
            body = self.body()
            with lock:
                print(json.dumps({
                    "time": int(time.time() * 1000), "path": self.path,
                    "headers": {k.lower(): v for k, v in self.headers.items()},
                    "body": json.loads(body)}), flush=True)
            status = state["status"]
            time.sleep(state["delay"])
            self.answer(status)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(server.server_port, flush=True)
    server.serve_forever()
    """
}
