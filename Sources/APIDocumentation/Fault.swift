/// An error that callers have to expect.
struct Fault: Sendable {
  let status: Int
  let name: String
  let description: String

  private init(_ status: Int, _ name: String, _ description: String) {
    self.status = status
    self.name = name
    self.description = description
  }

  /// What every route may answer: the guard, the method, the listener's limits.
  static let ofEvery: [Fault] = [
    Fault(
      400, "BadRequest",
      "The request is not understood: its HTTP, its JSON, or a member of it, which is named."),
    Fault(401, "Unauthorized", "A token is missing or unknown, or the router refuses the API key."),
    Fault(
      403, "Forbidden", "The Host, the Origin or the caller is not allowed, or the router forbids the model."),
    Fault(404, "NotFound", "No such route, model, chatbot or conversation."),
    Fault(405, "MethodNotAllowed", "The route takes other methods; `Allow` names them."),
    Fault(408, "RequestTimeout", "The request stopped arriving."),
    Fault(413, "TooLarge", "The body is larger than `limits.request`, or than the router takes."),
    Fault(417, "ExpectationFailed", "An expectation other than `100-continue`."),
    Fault(431, "HeadTooLarge", "The request's head is too large."),
    Fault(500, "InternalError", "The daemon failed on its own account; its log has the details."),
    Fault(
      503, "Unavailable",
      "Not ready, too busy, stopping, or the router is unavailable; `Retry-After` says when."),
    Fault(505, "VersionNotSupported", "Another version than HTTP/1.0 or HTTP/1.1."),
  ]

  /// What else a route that reads a body may answer.
  static let ofBodies: [Fault] = [
    Fault(415, "UnsupportedMediaType", "The body's media type or content coding is not read here.")
  ]

  /// What else a route that asks the router may answer.
  static let ofTheRouter: [Fault] = [
    Fault(409, "Conflict", "The router reports a conflict."),
    Fault(422, "Unprocessable", "The router cannot process the request."),
    Fault(
      429, "TooManyRequests",
      "The queue is full, or the router's rate limit is reached; `Retry-After` says when."),
    Fault(
      502, "BadGateway",
      "The router cannot be reached, failed, or answered what cannot be verified; nothing of that is passed on."
    ),
    Fault(504, "GatewayTimeout", "The router did not answer in time."),
  ]

  /// What else a route that this daemon cannot offer may answer.
  static let ofTheMissing: [Fault] = [
    Fault(
      501, "NotImplemented",
      "Not offered here; the message says why, and what to configure where that makes a difference.")
  ]

  /// What a route may answer to those who want another protocol.
  static let ofUpgrades: [Fault] = [
    Fault(426, "UpgradeRequired", "The other protocol is not offered; `Upgrade` names the one that is.")
  ]

  /// What a chat in any dialect may answer.
  static let ofChat = ofEvery + ofBodies + ofTheRouter

  /// Every one, once.
  static let all = ofChat + ofTheMissing + ofUpgrades
}

/// How errors are written.
enum ErrorShape: String, Sendable, CaseIterable {
  case openAI = "OpenAI"
  case anthropic = "Anthropic"
  case ollama = "Ollama"
  /// Anthropic's for callers that say that they are Anthropic's, OpenAI's for all others.
  case openAIOrAnthropic = "OpenAIOrAnthropic"

  /// The name of the schema.
  var schemaName: String { rawValue + "Error" }

  /// The schema of an error's body.
  var schema: Schema {
    switch self {
    case .openAI:
      .object(
        "An error as OpenAI's SDKs read it.",
        [
          .required(
            "error",
            .object(
              "",
              [
                .required("message", .string("What happened, why, and what to do next.")),
                .required("type", .string("The broad kind, such as `invalid_request_error`.")),
                .required("param", .string("The member at fault.").orNull),
                .required("code", .string("The precise reason, for programs.").orNull),
              ]))
        ])
    case .anthropic:
      .object(
        "An error as Anthropic's SDKs read it.",
        [
          .required("type", .exactly("error")),
          .required(
            "error",
            .object(
              "",
              [
                .required("type", .string("The kind, such as `invalid_request_error`.")),
                .required("message", .string("What happened, why, and what to do next.")),
              ])),
          .optional("request_id", .string("The same as the header `request-id`.").orNull),
        ])
    case .ollama:
      .object(
        "An error as Ollama's clients read it.",
        [.required("error", .string("What happened, why, and what to do next."))])
    case .openAIOrAnthropic:
      .any(
        of: [.named(Self.openAI.schemaName), .named(Self.anthropic.schemaName)],
        "OpenAI's form, or Anthropic's for callers that send `anthropic-version`.")
    }
  }

  /// What an error looks like.
  var example: String {
    switch self {
    case .openAI, .openAIOrAnthropic:
      #"{"error":{"message":"The request has no 'model'. It must be a string.","type":"invalid_request_error","#
        + #""param":"model","code":"missing_required_parameter"}}"#
    case .anthropic:
      #"{"type":"error","error":{"type":"invalid_request_error","message":"The request has no 'model'. It must be "#
        + #"a string."},"request_id":"7f4c0a2e91b35d68"}"#
    case .ollama:
      #"{"error":"The request has no 'model'. It must be a string."}"#
    }
  }
}
