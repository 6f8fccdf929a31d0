import JSONText

extension ChatRequest {
  /// A request without the members that the router's documentation does not name.
  public struct Reduced: Sendable {
    /// What is left of it.
    public let request: ChatRequest
    /// The names of the members that were left out.
    public let leftOut: [String]
  }

  /// The same request for a router that refused it with members which its documentation does not name; nil where it has
  /// none.
  public func documentedOnly() -> Reduced? {
    guard let document = try? JSONDocument(parsing: plaintext), let object = try? document.root.object()
    else { return nil }
    let leftOut = object.members.map(\.name).filter { !ChatParameters.documented.contains($0) }
    guard !leftOut.isEmpty else { return nil }
    var editor = JSONEditor(document, object: object)
    for name in leftOut { editor.remove(name) }
    return Reduced(
      request: ChatRequest(
        plaintext: editor.edited(), model: model, routerModel: routerModel, securityTier: securityTier,
        callForm: callForm),
      leftOut: leftOut)
  }
}
