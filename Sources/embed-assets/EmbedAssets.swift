import Glibc

/// Writes text files into one Swift file as raw string literals: `embed-assets OUTPUT FILE…`.
///
/// Raw literals, because an array of bytes takes the compiler a hundred times as long.
@main
enum EmbedAssets {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count >= 2 else { fail("usage: embed-assets OUTPUT FILE…") }
    var text = """
      // Made by embed-assets from the files in Assets. Changes here are lost.

      enum EmbeddedAssets {
        static let files: [(name: String, text: StaticString)] = [

      """
    for path in arguments.dropFirst(2) {
      guard let bytes = contents(of: path) else { fail("cannot read \(path)") }
      guard let content = String(validating: bytes, as: UTF8.self) else {
        fail("\(path) is not UTF-8 text")
      }
      // A multi-line literal would turn these into plain line feeds.
      guard !bytes.contains(0x0D), !bytes.contains(0) else {
        fail("\(path) holds carriage returns or zero bytes")
      }
      let name = path.split(separator: "/").last.map(String.init) ?? path
      text += "    (\n      name: \(literal(name)),\n      text: \(literal(content))\n    ),\n"
    }
    text += "  ]\n}\n"
    write(text, to: arguments[1])
  }

  /// A raw multi-line literal with more number signs than any run of them in the text, at the margin:
  /// its lines are the text's lines to the byte.
  private static func literal(_ text: String) -> String {
    var longest = 0
    var run = 0
    for byte in text.utf8 {
      run = byte == UInt8(ascii: "#") ? run + 1 : 0
      longest = max(longest, run)
    }
    let signs = String(repeating: "#", count: longest + 1)
    return "\(signs)\"\"\"\n\(text)\n\"\"\"\(signs)"
  }

  private static func contents(of path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      bytes.append(contentsOf: buffer[..<count])
      if count < buffer.count { return ferror(file) == 0 ? bytes : nil }
    }
  }

  private static func write(_ text: String, to path: String) {
    guard let file = fopen(path, "wb") else { fail("cannot write \(path)") }
    var copy = text
    let isWhole = copy.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) == $0.count }
    guard fclose(file) == 0, isWhole else { fail("cannot write \(path)") }
  }

  private static func fail(_ message: String) -> Never {
    var line = "embed-assets: \(message)\n"
    line.withUTF8 { _ = Glibc.write(2, $0.baseAddress, $0.count) }
    exit(1)
  }
}
