import HTTPTypes
import JSONText
import Listener
import Settings

/// The API key and one sealed exchange, through the very code that answers callers.
extension Doctor {
  /// The models that the router offers for the API key; none when it does not say.
  func models(_ responder: any Responder, _ tell: (DoctorStep) -> Void) async -> [String] {
    let name = "API key"
    let answer = await CollectedAnswer.of(responder, .get, "/v1/models")
    guard answer.status == 200 else {
      tell(failure(name, answer))
      return []
    }
    let models = answer.models
    let detail = "accepted; \(models.count) models, \(models.prefix(3).joined(separator: ", "))"
    if settings.router.apiKey == nil {
      tell(
        DoctorStep(
          name, "none is configured, and the router answers without one",
          .warned(
            remedy: (settings.access.tokensFile == nil
              ? "each caller's own key goes to the router" : "callers bring tokens, which never do")
              + "; NOMYO_API_KEY or router.api_key_file sets one")
        ))
    } else if models.isEmpty {
      tell(
        DoctorStep(
          name, "accepted, but no model is offered",
          .warned(remedy: "ask the router's operator which models this key may use")))
    } else {
      tell(DoctorStep(name, detail))
    }
    return models
  }

  /// Seals a short prompt, sends it, and opens the answer.
  func roundTrip(_ responder: any Responder, offered: [String]) async -> DoctorStep {
    let name = "round trip"
    guard let model = model ?? settings.models.list.first ?? offered.first else {
      return Self.skipped(name, "no model is known: name one with --model")
    }
    let start = ContinuousClock.now
    let answer = await CollectedAnswer.of(
      responder, .post, "/v1/chat/completions", body: Self.prompt(for: model))
    guard answer.status == 200 else { return failure(name, answer) }
    let took = Int(start.duration(to: .now) / .milliseconds(1))
    return DoctorStep(name, "sealed, answered by \(model) and opened in \(took) ms")
  }

  private static func prompt(for model: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("model", model)
    writer.name("messages")
    writer.beginArray()
    writer.beginObject()
    writer.member("role", "user")
    writer.member("content", "Reply with the single word: ok")
    writer.endObject()
    writer.endArray()
    writer.member("max_tokens", 16)
    writer.endObject()
    return writer.bytes
  }

  /// What callers would be told, which says what to do.
  private func failure(_ name: String, _ answer: CollectedAnswer) -> DoctorStep {
    let cause: DoctorStep.Cause =
      switch answer.status {
      case 401, 403: .permission
      case 429, 503: .passing
      case 400, 404: .configuration
      case 500: .program
      default: .router
      }
    let sentences = (answer.errorMessage ?? "status \(answer.status)").split(separator: ". ", maxSplits: 1)
    let remedy =
      sentences.count > 1
      ? String(sentences[1])
      : cause == .configuration
        ? "name a model that the router offers with --model" : "look at the router's log"
    return DoctorStep(name, sentences.first.map(String.init) ?? "", .failed(cause, remedy: remedy))
  }
}
