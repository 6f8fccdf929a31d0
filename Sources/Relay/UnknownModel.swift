import Dialects

/// A model that the router does not know.
struct UnknownModel: Sendable, Equatable {
  /// As the router was asked for it.
  let name: String
  /// As the caller named it, where that is an alias.
  let alias: String?
  /// What the router says, unauthenticated.
  let detail: String

  /// Reads a refusal; nil where it is about something else.
  ///
  /// The router has the same status for a wrong base URL (PROTOCOL.md section 5), so its words decide.
  init?(_ refusal: RouterRefusal, of request: ChatRequest) {
    guard refusal.status == 404, let detail = refusal.detail, detail.lowercased().contains("model") else {
      return nil
    }
    name = request.routerModel
    alias = request.model == request.routerModel ? nil : request.model
    self.detail = detail
  }

  /// The 404 with the code by which clients know it.
  var fault: APIFault {
    let origin = alias.map { ", which \(ForeignText($0)) stands for here" } ?? ""
    return APIFault(
      status: 404, type: "invalid_request_error", code: "model_not_found",
      message:
        "The router does not know the model \(ForeignText(name))\(origin). GET /v1/models lists those it knows. The router "
        + "says: \(ForeignText(detail))", parameter: "model")
  }
}
