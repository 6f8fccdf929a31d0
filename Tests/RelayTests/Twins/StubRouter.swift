import Envelope
import HTTPTypes
import JSONText
import Platform
import Sealing
import TestTwins

@testable import Relay
@testable import Upstream

/// The router as the proxy meets it on the wire: hands out its key, opens what it is sent, and answers as a test says.
final class StubRouter: RouterTransport {
  /// One arrival at the endpoint for sealed requests.
  struct Arrival: Sendable {
    /// Counts from 1.
    let number: Int
    let request: UpstreamRequest

    /// What was sealed, nil if it was for another key.
    func plaintext(with key: RSAPrivateKey = TestKeys.router) -> [UInt8]? {
      try? Envelope.open(request: request.body, with: key).document.bytes
    }
  }

  /// What the router does with an arrival.
  enum Reaction: Sendable {
    /// Seals this plaintext for the key of `X-Public-Key`.
    case seal(String)
    /// Answers with this status in clear.
    case status(Int, String = "", HTTPFields = [:])
    /// Ends the transfer without an answer.
    case fail(UpstreamError)
    /// Says nothing until the transfer is taken away.
    case hang

    /// Whether the request went out before this happened.
    var wasSent: Bool {
      switch self {
      case .fail(.unresolved), .fail(.unreachable), .fail(.connectTimedOut), .fail(.handshake), .fail(.tls),
        .fail(.clearText), .fail(.badURL):
        false
      case .fail, .seal, .status, .hang: true
      }
    }

    /// An ordinary completion that says `text`.
    static func say(_ text: String) -> Reaction {
      .seal(
        #"{"id":"chatcmpl-1","object":"chat.completion","created":5,"model":"ran","choices":[{"index":0,"message":"#
          + #"{"role":"assistant","content":"\#(text)"},"finish_reason":"stop"}],"_metadata":{"x":1}}"#)
    }
  }

  typealias Script = @Sendable (Arrival) async -> Reaction

  private struct State {
    var arrivals: [Arrival] = []
    var others: [UpstreamRequest] = []
    var abandoned = 0
  }

  private let state = Watched(State())
  private let script: Script
  private let pair: Locked<RSAPrivateKey>
  private let keyAnswer: Locked<Reaction?>
  private let modelAnswer: Locked<Reaction>

  init(_ script: @escaping Script) {
    self.script = script
    pair = Locked(TestKeys.router)
    keyAnswer = Locked(nil)
    modelAnswer = Locked(.status(200, #"{"data":[{"id":"lab/first","name":"lab/first"},{"id":"second"}]}"#))
  }

  /// A router that reacts to one arrival after the other, and to all further ones as to the last.
  convenience init(_ reactions: Reaction...) { self.init(inTurn: reactions) }

  /// The same with a list of at least one.
  convenience init(inTurn reactions: [Reaction]) {
    self.init { reactions[min($0.number, reactions.count) - 1] }
  }

  // MARK: What a test tells it

  /// The pair whose public half is handed out.
  func use(_ key: RSAPrivateKey) { pair.withLock { $0 = key } }

  /// What is answered instead of the public key.
  func answerKeyRequests(with reaction: Reaction?) { keyAnswer.withLock { $0 = reaction } }

  /// What is answered to the question for the models.
  func answerModelRequests(with reaction: Reaction) { modelAnswer.withLock { $0 = reaction } }

  // MARK: What a test asks it

  /// The sealed requests that arrived.
  var arrivals: [Arrival] { state.value.arrivals }

  /// How many transfers were taken away before they had an answer.
  var abandoned: Int { state.value.abandoned }

  /// Returns once so many transfers were taken away.
  func untilAbandoned(_ count: Int) async { await state.until { $0.abandoned >= count } }

  var keyRequests: [UpstreamRequest] { state.value.others.filter { $0.url.hasSuffix(Wire.publicKeyPath) } }
  var modelRequests: [UpstreamRequest] { state.value.others.filter { $0.url.hasSuffix("/v1/models") } }

  /// Returns once so many sealed requests have arrived.
  func untilArrivals(_ count: Int) async { await state.until { $0.arrivals.count >= count } }

  /// Returns once its key was asked for so often.
  func untilKeyRequests(_ count: Int) async {
    await state.until { $0.others.count { $0.url.hasSuffix(Wire.publicKeyPath) } >= count }
  }

  /// Returns once its models were asked for so often.
  func untilModelRequests(_ count: Int) async {
    await state.until { $0.others.count { $0.url.hasSuffix("/v1/models") } >= count }
  }

  // MARK: RouterTransport

  func send(_ request: UpstreamRequest) async throws(UpstreamError) -> UpstreamResponse {
    if Task.isCancelled { throw .cancelled }
    guard request.url.hasSuffix(Wire.completionPath) else {
      state.update { $0.others.append(request) }
      return try await perform(reactionToOther(request), request)
    }
    let arrival = state.update { state in
      let arrival = Arrival(number: state.arrivals.count + 1, request: request)
      state.arrivals.append(arrival)
      return arrival
    }
    let reaction = await script(arrival)
    if reaction.wasSent { request.onSending?() }
    return try await perform(reaction, request)
  }

  private func reactionToOther(_ request: UpstreamRequest) -> Reaction {
    if request.url.hasSuffix(Wire.publicKeyPath) {
      return keyAnswer.withLock { $0 } ?? .status(200, pair.withLock { $0 }.publicKey.pem)
    }
    return modelAnswer.withLock { $0 }
  }

  private func perform(
    _ reaction: Reaction, _ request: UpstreamRequest
  ) async throws(UpstreamError) -> UpstreamResponse {
    switch reaction {
    case .seal(let text): return response(200, Self.sealed(text, for: request))
    case .status(let status, let body, let fields): return response(status, Array(body.utf8), fields)
    case .fail(let error): throw error
    case .hang:
      let never = Watched(false)
      await never.until { $0 }
      state.update { $0.abandoned += 1 }
      throw .cancelled
    }
  }

  private func response(_ status: Int, _ body: [UInt8], _ fields: HTTPFields = [:]) -> UpstreamResponse {
    UpstreamResponse(
      status: status, fields: fields, body: body,
      timing: UpstreamTiming(
        connect: .zero, tls: .zero, firstByte: .zero, total: .zero, reusedConnection: true, http2: false))
  }

  /// The envelope of an answer, for the key that the request announced; empty if it announced none.
  static func sealed(_ text: String, for request: UpstreamRequest) -> [UInt8] {
    guard let pem = request.fields[.publicKey].flatMap(PublicKeyHeader.decode),
      let key = try? RSAPublicKey(document: pem, minimumBits: 2048)
    else { return [] }
    return (try? Envelope.seal(response: Array(text.utf8), for: key, processedAt: 7)) ?? []
  }
}
