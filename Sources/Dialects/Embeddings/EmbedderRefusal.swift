import JSONText

extension OpenAIEmbeddings {
  /// What a caller is told when the embedder answers with another status than 200.
  ///
  /// What the embedder says is quoted as its words.
  public static func fault(status: Int, body: [UInt8]) -> APIFault {
    var said = ""
    if let words = words(of: body) { said = " It says: \(ForeignText(words))" }
    switch status {
    case 400, 404, 413, 422:
      return APIFault(
        status: status, type: "invalid_request_error", code: "embedder_refused",
        message: "The embedder at embeddings.url refuses this request.\(said)")
    case 429, 503:
      return APIFault(
        status: status, type: status == 429 ? "rate_limit_error" : "server_error", code: "embedder_busy",
        message: "The embedder at embeddings.url takes no request just now.\(said) Try again shortly.",
        retryAfter: .seconds(1))
    case 401, 403:
      return server(
        "The embedder at embeddings.url wants credentials, and none are ever sent to it: neither the router's key nor the "
          + "caller's. Let it serve this machine without a key.")
    case 300..<400:
      return server(
        "The embedder at embeddings.url answered with a redirect (status \(status)), which is not followed: it could lead off "
          + "this machine. Set embeddings.url to where it leads, if that is here.")
    default:
      return server("The embedder at embeddings.url failed with status \(status).\(said)")
    }
  }

  private static func server(_ message: String) -> APIFault {
    APIFault(status: 502, type: "server_error", code: "embedder_error", message: message)
  }

  /// The sentence in an error body, wherever servers of this kind put it.
  private static func words(of body: [UInt8]) -> String? {
    guard let root = try? JSONDocument(parsing: body).root, let object = try? root.object() else {
      return nil
    }
    for name in ["error", "detail", "message"] {
      guard let value = object[name] else { continue }
      if let text = value.string { return text }
      if let members = try? value.object(), let text = members["message"]?.string { return text }
    }
    return nil
  }
}
