import HTTPTypes
import JSONText
import Upstream

extension RouterRefusal {
  /// Longer explanations are not looked at.
  private static let detailByteLimit = 64 * 1024

  /// Reads what came instead of an envelope.
  ///
  /// Nothing in it is authenticated, and all of it may be missing.
  init(_ response: UpstreamResponse) {
    self.init(
      status: response.status, detail: Self.detail(in: response.body),
      retryAfter: response.fields[.retryAfter].flatMap(Self.seconds))
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

  /// A number of seconds; the date form of RFC 9110 section 10.2.3 is not used by this router.
  private static func seconds(_ text: String) -> Duration? {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }), let seconds = Double(text),
      seconds >= 0, seconds <= 86_400
    else { return nil }
    return .milliseconds(Int64((seconds * 1000).rounded(.up)))
  }
}
