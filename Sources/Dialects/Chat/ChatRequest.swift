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
}
