import JSONText

/// One chat request in the form in which it is sealed.
public struct ChatRequest: Sendable {
  /// The JSON object to seal.
  public let plaintext: [UInt8]
  /// The model as the caller named it.
  public let model: String
  /// The model that the router is asked for.
  public let routerModel: String
  /// The tier that the body asked for, one of the names of PROTOCOL.md section 6.
  public let securityTier: String?
  /// How the answer's calls are written back.
  let callForm: CallForm

  /// A request with all its parts.
  public init(plaintext: [UInt8], model: String, routerModel: String, securityTier: String?) {
    self.init(
      plaintext: plaintext, model: model, routerModel: routerModel, securityTier: securityTier,
      callForm: CallForm())
  }

  init(plaintext: [UInt8], model: String, routerModel: String, securityTier: String?, callForm: CallForm) {
    self.plaintext = plaintext
    self.model = model
    self.routerModel = routerModel
    self.securityTier = securityTier
    self.callForm = callForm
  }

  /// The same request without the members that the router's documentation does not name, for a router that refused it
  /// with them; nil where it has none.
  public func documentedOnly() -> ChatRequest? {
    guard let document = try? JSONDocument(parsing: plaintext), let object = try? document.root.object()
    else {
      return nil
    }
    var editor = JSONEditor(document, object: object)
    for member in object.members where !ChatParameters.documented.contains(member.name) {
      editor.remove(member.name)
    }
    guard !editor.isEmpty else { return nil }
    return ChatRequest(
      plaintext: editor.edited(), model: model, routerModel: routerModel, securityTier: securityTier,
      callForm: callForm)
  }
}
