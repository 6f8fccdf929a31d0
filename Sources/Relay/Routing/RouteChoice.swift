import ContentCoding
import Dialects
import HTTPTypes
import Listener

/// What the head of a request says about whether to read its body.
enum RouteChoice {
  case receive(limit: Int)
  /// Answer with this fault and these header fields beside it.
  case refuse(APIFault, HTTPFields)

  /// The most bytes of a body that nobody will look at.
  static let ignoredBodyLimit = 64 * 1024

  /// - Parameters:
  ///   - isBrowser: Whether a web page asks. Web pages have to say that they send JSON: the types that need no
  ///     preflight are how foreign pages reach local servers (CLIENTS.md section 8).
  ///   - limit: The most bytes that a body may have.
  init(_ head: RequestHead, isBrowser: Bool, limit: Int) {
    guard let route = Route(path: head.path) else {
      self = .refuse(.unknownRoute(head), [:])
      return
    }
    // Codex asks for a WebSocket first and takes this, and only this, for a quick no (CLIENTS.md section 1).
    if route == .responses, head.method == .get, head.fields[.upgrade] != nil {
      self = .refuse(.noWebSocket, [.upgrade: "HTTP/1.1"])
      return
    }
    guard route.methods.contains(head.method) else {
      // Whoever posts to the root has no path in the base URL, and has to hear that.
      guard route != .ollamaRoot else {
        self = .refuse(.unknownRoute(head), [:])
        return
      }
      let allowed = route.methods.map(\.rawValue).joined(separator: ", ")
      self = .refuse(.wrongMethod(head, allowed: route.methods), [.allow: allowed])
      return
    }
    if route == .ollamaStore || route == .storedResponse {
      self = .refuse(route == .ollamaStore ? .modelStore : .nothingStored, [:])
      return
    }
    guard head.method == .post else {
      // Some clients send one to be ignored (RFC 9110 section 9.3.1).
      self = .receive(limit: Self.ignoredBodyLimit)
      return
    }
    guard MediaType.mayBeJSON(head.fields[.contentType], isBrowser: isBrowser) else {
      self = .refuse(.wrongMediaType, [:])
      return
    }
    do throws(APIFault) { _ = try head.contentCodings() } catch {
      self = .refuse(error, error.status == 415 ? [.acceptEncoding: ContentCoding.accepted] : [:])
      return
    }
    self = .receive(limit: limit)
  }
}
