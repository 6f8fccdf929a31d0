import JSONText

/// The description of every route of the public listener, as OpenAPI 3.1 has it.
///
/// One table of endpoints is behind it, and behind the page that shows it.
public enum OpenAPIDocument {
  /// The routes in the order in which they are documented; `path` has parameters in braces.
  public static var operations: [(method: String, path: String)] {
    endpoints.map { ($0.method.rawValue, $0.path) }
  }

  static let endpoints =
    OpenAIEndpoints.all + AnthropicEndpoints.all + OllamaEndpoints.all + EnclavaEndpoints.all
    + ServiceEndpoints.all

  /// The document as JSON text.
  ///
  /// - Parameters:
  ///   - version: What `nomyo-proxy --version` says.
  ///   - asksForToken: Whether callers have to bring a local token.
  public static func json(version: String, asksForToken: Bool = false) -> [UInt8] {
    var writer = JSONWriter(reservingCapacity: 96 * 1024)
    root(version, asksForToken).write(to: &writer)
    return writer.bytes
  }

  private static func root(_ version: String, _ asksForToken: Bool) -> JSONLiteral {
    let schemes: [JSONLiteral] = [["bearer": []], ["key": []], ["azure": []]]
    return [
      "openapi": "3.1.0",
      "info": [
        "title": "nomyo-proxy",
        "version": .string(version),
        "summary": "Plain APIs on this machine, sealed requests behind them",
        "description": .string(introduction),
        "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
      ],
      "servers": [["url": "/", "description": "This daemon"]],
      "tags": .list(
        Section.allCases.map { ["name": .string($0.rawValue), "description": .string($0.description)] }),
      // An empty requirement says that it can be done without (OpenAPI 3.1, section 4.8.1).
      "security": .list(asksForToken ? schemes : [[:]] + schemes),
      "paths": .object(paths),
      "components": components,
    ]
  }

  private static let introduction = """
    Every chat is sealed on this machine and opened here again; nothing that is forwarded is plain.

    Paths are given in their usual form. OpenAI's and Anthropic's routes answer alike under `/v1`, under `/api/v1`, without \
    either, and with `/v1` twice; a slash at the end makes no difference. `HEAD` is answered wherever `GET` is. Bodies may \
    be compressed with `gzip`, `deflate` or `zstd`.

    When the daemon has the router's API key, callers need none, and one that they bring never leaves this machine. When it \
    has none, the caller's own goes to the router. A daemon that asks for a token of its own takes it where tools have their \
    API key, and never passes it on; this document, `/healthz` and `/readyz` need none.

    Every answer to a request whose head could be read names itself in `X-Request-Id`.
    """

  private static var paths: [(name: String, value: JSONLiteral)] {
    var paths: [(name: String, value: JSONLiteral)] = []
    for endpoint in endpoints {
      let operation = (name: endpoint.method.rawValue.lowercased(), value: endpoint.operation)
      if let at = paths.firstIndex(where: { $0.name == endpoint.path }),
        case .object(let others) = paths[at].value
      {
        paths[at].value = .object(others + [operation])
      } else {
        paths.append((name: endpoint.path, value: .object([operation])))
      }
    }
    return paths
  }

  private static var components: JSONLiteral {
    [
      "schemas": .object(Components.schemas.map { (name: $0.name, value: $0.schema.json) }),
      "responses": .object(
        ErrorShape.allCases.flatMap { shape in
          Fault.all.map { (name: $0.componentName(in: shape), value: $0.response(in: shape)) }
        }),
      "headers": .object(Self.headers.map { (name: $0.name, value: $0.header) }),
      "securitySchemes": [
        "bearer": [
          "type": "http", "scheme": "bearer",
          "description": "A token of this daemon where it asks for one, else an API key for the router.",
        ],
        "key": [
          "type": "apiKey", "in": "header", "name": "x-api-key",
          "description": "The same, as Anthropic's clients send it.",
        ],
        "azure": [
          "type": "apiKey", "in": "header", "name": "api-key",
          "description": "The same, as Azure's clients send it.",
        ],
      ],
    ]
  }
}
