import Dialects
import HTTPTypes
import Listener

/// What the head of a request says about whether to read its body.
enum RouteChoice {
  case receive(limit: Int)
  case refuse(APIFault, allow: [HTTPRequest.Method])

  /// - Parameters:
  ///   - isBrowser: Whether a web page asks. Web pages have to say that they send JSON: the types that need no
  ///     preflight are how foreign pages reach local servers (CLIENTS.md section 8).
  ///   - limit: The most bytes that a body may have.
  init(_ head: RequestHead, isBrowser: Bool, limit: Int) {
    guard let route = Route(path: head.path) else {
      self = .refuse(.unknownRoute(head), allow: [])
      return
    }
    guard route.methods.contains(head.method) else {
      self = .refuse(.wrongMethod(head, allowed: route.methods), allow: route.methods)
      return
    }
    guard head.method == .post else {
      self = .receive(limit: 0)
      return
    }
    guard MediaType.mayBeJSON(head.fields[.contentType], isBrowser: isBrowser) else {
      self = .refuse(.wrongMediaType, allow: [])
      return
    }
    if let encoding = head.fields[.contentEncoding], encoding.lowercased() != "identity" {
      self = .refuse(.encodedBody, allow: [])
      return
    }
    self = .receive(limit: limit)
  }
}

/// Media types as callers name them.
enum MediaType {
  /// Whether a body of this type can be JSON.
  ///
  /// `curl -d` says form data whatever it sends, and many programs say nothing, so only what can be nothing
  /// else is refused; a web page has to say JSON.
  static func mayBeJSON(_ value: String?, isBrowser: Bool) -> Bool {
    let essence = (value ?? "").prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
    if essence == "application/json" || essence.hasPrefix("application/") && essence.hasSuffix("+json") {
      return true
    }
    if isBrowser { return false }
    let kind = essence.prefix { $0 != "/" }
    return !["multipart", "image", "audio", "video", "font"].contains(String(kind))
      && !["application/xml", "application/pdf", "application/zip", "text/html", "text/xml"].contains(essence)
  }
}
