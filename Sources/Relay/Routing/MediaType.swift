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
