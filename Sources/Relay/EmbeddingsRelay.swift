public import Dialects
import HTTPTypes
public import Upstream

/// Asks the embedder on this machine, and nobody else: NOMYO's scheme has no embeddings, so what goes to an embedder is in the
/// clear.
///
/// The request carries nothing but its body: no key of the router's, no credentials and no other field of the caller's.
/// Redirects are not followed, no proxy has a part in it, and ``EmbedderURL`` leaves no name to a resolver.
public struct EmbeddingsRelay: Sendable {
  private let embedder: EmbedderURL
  private let transport: any RouterTransport
  private let responseLimit: Int
  private let timeout: Duration

  /// A way to one embedder.
  ///
  /// - Parameters:
  ///   - transport: An `Upstream` of ``options``; tests put another in its place.
  ///   - responseLimit: The most bytes that an answer may have. Two thousand vectors of a thousand numbers have 40 MiB.
  ///   - timeout: How long the embedder may take for one answer.
  public init(
    to embedder: EmbedderURL, through transport: any RouterTransport, responseLimit: Int = 64 << 20,
    timeout: Duration = .seconds(120)
  ) {
    self.embedder = embedder
    self.transport = transport
    self.responseLimit = responseLimit
    self.timeout = timeout
  }

  /// How an `Upstream` for embedders has to be made: straight to this machine, whatever the environment says.
  public static let options = UpstreamOptions(proxy: .none, connectTimeout: .seconds(2), allowHTTP: true)

  /// Posts a request in OpenAI's form and returns the body of the answer.
  ///
  /// - Throws: what the caller is told, in the words of ``OpenAIEmbeddings`` where the embedder refused.
  func answer(to request: [UInt8]) async throws(APIFault) -> [UInt8] {
    var response: UpstreamResponse?
    for (index, endpoint) in embedder.endpoints.enumerated() where response == nil {
      do {
        response = try await send(request, to: endpoint)
      } catch {
        // `localhost` has two addresses, and nobody may be there at the first.
        let isLast = index + 1 == embedder.endpoints.count
        guard error == .unreachable, !isLast else { throw fault(error) }
      }
    }
    guard let response else { throw fault(.unreachable) }
    guard response.status == 200 else {
      throw OpenAIEmbeddings.fault(status: response.status, body: response.body)
    }
    return response.body
  }

  /// Sends a request, and once more where the connection broke: an embedder that closes idle connections leaves some that
  /// look usable, and asking twice changes nothing.
  private func send(
    _ body: [UInt8], to endpoint: String
  ) async throws(UpstreamError) -> UpstreamResponse {
    let request = UpstreamRequest(
      method: .post, url: endpoint,
      fields: [.contentType: "application/json", .accept: "application/json"], body: body,
      responseLimit: responseLimit, responseTimeout: timeout)
    do {
      return try await transport.send(request)
    } catch .disconnected {
      return try await transport.send(request)
    } catch {
      throw error
    }
  }

  private func fault(_ error: UpstreamError) -> APIFault {
    switch error {
    case .cancelled, .closed:
      .shuttingDown
    case .crowded(let limit):
      .tooManyAnswers(limit: limit)
    case .responseTimedOut, .connectTimedOut:
      Self.server(
        504, "embedder_timeout",
        "The embedder at \(embedder) did not answer in time: \(error). Look at its load, or send fewer "
          + "inputs at once.")
    case .tooLarge, .protocolFault:
      Self.server(502, "embedder_answer", "The answer of the embedder at \(embedder) is refused: \(error).")
    case .disconnected, .truncated:
      Self.server(
        502, "embedder_unreachable",
        "The connection to the embedder at \(embedder) broke before its answer was complete. Look "
          + "at its log.")
    case .unresolved, .unreachable, .handshake, .clearText, .badURL, .tls:
      Self.server(
        502, "embedder_unreachable",
        "The embedder at \(embedder) could not be reached: \(error). Start it, or set embeddings.url to "
          + "where it listens.")
    }
  }

  private static func server(_ status: Int, _ code: String, _ message: String) -> APIFault {
    APIFault(status: status, type: "server_error", code: code, message: message)
  }
}
