import HTTPTypes
import JSONText
import Platform
import Upstream

extension RouterRefusal {
  /// Longer explanations are not looked at.
  private static let detailByteLimit = 64 * 1024

  /// Reads what came instead of an envelope.
  ///
  /// Nothing in it is authenticated, and all of it may be missing.
  init(_ response: UpstreamResponse) {
    self.init(
      status: response.status, detail: Self.detail(in: response.body), retryAfter: response.retryAfter)
  }

  /// The router's `{"detail": …}` in any of its forms: a string, FastAPI's list of objects with `msg`, or an object with
  /// `message` (PROTOCOL.md section 5).
  private static func detail(in body: [UInt8]) -> String? {
    guard body.count <= detailByteLimit, let root = try? JSONDocument(parsing: body, depthLimit: 16).root,
      let members = try? root.object()
    else { return nil }
    return (members["detail"] ?? members["error"] ?? members["message"]).flatMap(text)
  }

  private static func text(_ value: JSONValue) -> String? {
    if let text = value.string { return text }
    if let list = value.elements { return list.lazy.compactMap(text).first }
    guard let members = try? value.object() else { return nil }
    return members["msg"]?.string ?? members["message"]?.string
  }

}

extension UpstreamResponse {
  /// The wait that the router asks for, as of now.
  var retryAfter: Duration? {
    fields[.retryAfter].flatMap { Duration(retryAfter: $0, at: WallClock.seconds()) }
  }
}

extension Duration {
  /// The value of a `Retry-After` in either of its forms (RFC 9110 section 10.2.3); nil for anything else.
  ///
  /// - Parameter now: Seconds since 1970.
  init?(retryAfter text: String, at now: Int) {
    if let seconds = Duration(secondsText: text) {
      self = seconds
    } else if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      // Longer than anybody waits; that it is long is what counts.
      self = .seconds(86_400)
    } else if let date = HTTPDate.seconds(text) {
      self = .seconds(min(max(date - now, 0), 86_400))
    } else {
      return nil
    }
  }
}
