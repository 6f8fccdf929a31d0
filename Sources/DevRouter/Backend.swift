import HTTPTypes
import JSONText
import Upstream

/// Where opened requests are answered.
enum Backend: Sendable {
  /// By the echo model in this process.
  case echo(EchoModel)
  /// By an OpenAI-compatible server (llama.cpp, Ollama, vLLM), which sees them in clear.
  case forward(Upstream, baseURL: String)

  /// An answer in clear: a completion, or a status with an explanation.
  enum Answer: Sendable {
    case completion([UInt8])
    case refusal(status: Int, detail: String)
  }

  func answer(
    _ request: JSONObject, text: [UInt8], at now: Int, metadata: [(String, String)]
  ) async -> Answer {
    switch self {
    case .echo(let model):
      guard let name = request["model"]?.string else {
        return .refusal(status: 400, detail: "Missing required field 'model'")
      }
      guard request["messages"]?.elements != nil else {
        return .refusal(status: 400, detail: "Missing required field 'messages' (must be a list)")
      }
      guard EchoModel.names.contains(name) else {
        return .refusal(
          status: 404, detail: "The model '\(name)' is not served here; ask for \(EchoModel.names[0])")
      }
      guard request["stream"]?.bool != true else {
        return .refusal(status: 400, detail: "Streaming is not supported on the secure endpoint")
      }
      return .completion(model.answer(request, at: now, metadata: metadata))
    case .forward(let upstream, let baseURL):
      do {
        let response = try await upstream.send(
          UpstreamRequest(
            method: .post, url: Self.completionsURL(baseURL), fields: [.contentType: "application/json"],
            body: text))
        guard response.status == 200 else {
          return .refusal(
            status: response.status, detail: "The backend answered with status \(response.status)")
        }
        return .completion(response.body)
      } catch { return .refusal(status: 502, detail: "The backend cannot be reached: \(error)") }
    }
  }

  /// The list of models in the open router's shape, which has no `object` (PROTOCOL.md section 1).
  func models() async -> Answer {
    switch self {
    case .echo:
      var writer = JSONWriter()
      writer.beginObject()
      writer.name("data")
      writer.beginArray()
      for name in EchoModel.names {
        writer.beginObject()
        writer.member("id", name)
        writer.member("name", name)
        writer.endObject()
      }
      writer.endArray()
      writer.endObject()
      return .completion(writer.bytes)
    case .forward(let upstream, let baseURL):
      guard let response = try? await upstream.send(UpstreamRequest(url: Self.versioned(baseURL) + "/models"))
      else {
        return .refusal(status: 502, detail: "The backend cannot be reached")
      }
      return response.status == 200
        ? .completion(response.body)
        : .refusal(status: response.status, detail: "The backend answered with status \(response.status)")
    }
  }

  private static func completionsURL(_ baseURL: String) -> String { versioned(baseURL) + "/chat/completions" }

  private static func versioned(_ baseURL: String) -> String {
    let trimmed = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
    return trimmed.hasSuffix("/v1") ? trimmed : trimmed + "/v1"
  }
}
