import Glibc
import HTTPTypes
import Platform

/// Writes what arrived, what was inside and what went back, for people who want to see that nothing is faked
/// (`--show-wire`).
///
/// Never in production: it shows everything.
final class WireLog: Sendable {
  /// This many characters of a sealed body show that it is one.
  private static let excerptCharacters = 240

  private let descriptor: Int32

  /// Appends to a file; nil where it cannot be opened.
  init?(appendingTo path: String) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return nil }
  }

  deinit { close(descriptor) }

  func record(_ exchange: WireExchange) {
    var text = "=== sealed request, as it came over the wire\nPOST \(exchange.path) HTTP/1.1\n"
    for field in exchange.fields {
      text +=
        "\(field.name.rawName): \(Self.excerpt(field.name == .authorization ? "Bearer …" : field.value))\n"
    }
    text += "\n\(Self.excerpt(exchange.sealedRequest))\n"
    text += "=== what the router opened\n\(Self.excerpt(exchange.request))\n"
    text += "=== what the router answered, before sealing\n\(Self.excerpt(exchange.answer))\n"
    text += "=== sealed answer, as it goes over the wire\n\(Self.excerpt(exchange.sealedAnswer))\n\n"
    let bytes = Array(text.utf8)
    // One write for one exchange: O_APPEND keeps exchanges that end together apart.
    _ = write(descriptor, bytes, bytes.count)
  }

  private static func excerpt(_ bytes: [UInt8]) -> String {
    bytes.count <= 2 * excerptCharacters
      ? String(decoding: bytes, as: UTF8.self)
      : String(decoding: bytes.prefix(excerptCharacters), as: UTF8.self) + "… (\(bytes.count) bytes in all)"
  }

  private static func excerpt(_ text: String) -> String {
    text.count <= excerptCharacters / 2
      ? text : "\(text.prefix(excerptCharacters / 2))… (\(text.utf8.count) bytes in all)"
  }
}

/// One exchange as the router saw it from both sides of the seal.
struct WireExchange {
  let path: String
  let fields: HTTPFields
  let sealedRequest: [UInt8]
  let request: [UInt8]
  let answer: [UInt8]
  let sealedAnswer: [UInt8]
}
