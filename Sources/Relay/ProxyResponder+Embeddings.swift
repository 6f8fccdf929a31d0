import Dialects

/// Embeddings, which an embedder on this machine computes.
extension ProxyResponder {
  func embeddings(_ call: Call) async throws(APIFault) -> [UInt8] {
    guard let embedder = call.live.configuration.embedder else { throw OpenAIEmbeddings.notAvailable }
    guard call.route != .embeddings else {
      let request = try OpenAIEmbeddings.decode(call.body, under: call.live.configuration.policy)
      return try OpenAIEmbeddings.encode(try await embedder.answer(to: request.body), to: request)
    }
    let request = try OllamaEmbedding(
      call.body, route: call.route == .ollamaEmbed ? .embed : .embeddings)
    guard let question = request.request(model: request.model) else { return request.emptyAnswer }
    let answer = try await embedder.answer(to: question)
    return try request.answer(answer, after: call.arrived.duration(to: .now))
  }
}
