/// One route of the public listener, as the document describes it.
struct Endpoint: Sendable {
  /// HTTP's methods that routes take.
  ///
  /// `HEAD` is answered wherever `GET` is.
  enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
    case delete = "DELETE"
  }

  let method: Method
  /// The canonical path, with parameters in braces.
  let path: String
  /// The name of the operation, for programs that are made from the document.
  let identifier: String
  let section: Section
  let summary: String
  /// Paragraphs, with code between backticks.
  let description: String
  var parameters: [Parameter] = []
  var body: Body?
  /// What a good answer may be; none where all that the route does is to refuse with the reason.
  let answers: [Answer]
  var errors = ErrorShape.openAI
  /// The statuses of the errors that the route may answer with.
  var faults = Fault.ofEvery
  /// Whether callers have to show a token when the daemon asks for one.
  var isOpen = false
}

/// Which tools speak a route; the chapters of the documentation.
enum Section: String, Sendable, CaseIterable {
  case openAI = "OpenAI"
  case anthropic = "Anthropic"
  case ollama = "Ollama"
  case enclava = "Enclava"
  case service = "Service"

  /// One sentence on who needs it and what its base URL is.
  var description: String {
    switch self {
    case .openAI:
      "For OpenAI's SDKs and everything built on them. Base URL: `/v1`."
    case .anthropic:
      "For Anthropic's SDKs and Claude Code. Base URL: `/`, to which they add `/v1`."
    case .ollama:
      "For tools that know Ollama. Base URL: `/`, to which they add `/api`. Streams unless told otherwise."
    case .enclava:
      "Chatbots that the configuration defines, and OpenAI's routes, below `/api/v1`."
    case .service:
      "Health, and this documentation."
    }
  }
}

/// A parameter outside the body.
struct Parameter: Sendable {
  /// Where it stands.
  enum Place: String, Sendable {
    case path, query, header
  }

  let name: String
  let place: Place
  let description: String
  let schema: Schema
  var example: JSONLiteral?
}

/// What a route reads.
struct Body: Sendable {
  let schema: Schema
  /// Bodies that work, the plainest first.
  let examples: [Example]
}

/// A body with its name.
struct Example: Sendable {
  let name: String
  let summary: String
  /// JSON text.
  let json: String
}

/// A good answer in one media type.
struct Answer: Sendable {
  var status = 200
  let mediaType: String
  let schema: Schema
  /// JSON text for JSON, else the text itself.
  var example: JSONLiteral?

  /// A whole answer in JSON.
  static func json(_ schema: Schema, example: String? = nil) -> Answer {
    Answer(mediaType: "application/json", schema: schema, example: example.map { .text($0) })
  }

  /// Server-sent events.
  ///
  /// What a schema of them describes, the text or each event, OpenAPI 3.1 leaves open.
  static func events(_ description: String, example: String? = nil) -> Answer {
    Answer(
      mediaType: "text/event-stream", schema: .any(description), example: example.map { .string($0) })
  }

  /// Newline-delimited JSON.
  static func lines(_ description: String, example: String? = nil) -> Answer {
    Answer(
      mediaType: "application/x-ndjson", schema: .any(description), example: example.map { .string($0) })
  }
}
