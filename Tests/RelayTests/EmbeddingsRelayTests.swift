import Dialects
import HTTPTypes
import Testing
import Upstream

@testable import Relay

@Suite struct EmbeddingsRelayTests {
  /// Records what is sent and fails with what it is told, one error for each request.
  private actor Recorder: RouterTransport {
    private(set) var requests: [UpstreamRequest] = []
    private var errors: [UpstreamError]

    init(_ errors: UpstreamError...) { self.errors = errors }

    func send(_ request: UpstreamRequest) async throws(UpstreamError) -> UpstreamResponse {
      requests.append(request)
      throw errors.isEmpty ? .closed : errors.removeFirst()
    }
  }

  private func ask(_ recorder: Recorder, at url: String) async throws -> APIFault? {
    let relay = EmbeddingsRelay(
      to: try #require(EmbedderURL(url)), through: recorder, responseLimit: 1234, timeout: .seconds(7))
    do throws(APIFault) {
      _ = try await relay.answer(to: Array("{}".utf8))
      return nil
    } catch { return error }
  }

  @Test func `a request carries its body and nothing that names anybody`() async throws {
    let recorder = Recorder(.truncated)
    _ = try await ask(recorder, at: "http://127.0.0.1:11434/v1")
    let requests = await recorder.requests
    let request = try #require(requests.first)
    #expect(requests.count == 1)
    #expect(request.url == "http://127.0.0.1:11434/v1/embeddings")
    #expect(request.method == .post && request.body == Array("{}".utf8))
    #expect(
      Set(request.fields.map(\.name.canonicalName)) == ["content-type", "accept"]
        && request.responseLimit == 1234
        && request.responseTimeout == .seconds(7))
  }

  @Test func `the client for embedders knows no proxy`() {
    #expect(EmbeddingsRelay.options.proxy == .none)
    #expect(EmbeddingsRelay.options.unixSocket == nil)
  }

  @Test func `localhost is asked for at both its addresses, and only as long as nobody is there`()
    async throws
  {
    let nobody = Recorder(.unreachable, .unreachable)
    #expect(try await ask(nobody, at: "http://localhost:8000")?.code == "embedder_unreachable")
    #expect(
      await nobody.requests.map(\.url) == [
        "http://127.0.0.1:8000/v1/embeddings", "http://[::1]:8000/v1/embeddings",
      ])
    let slow = Recorder(.responseTimedOut)
    #expect(try await ask(slow, at: "http://localhost:8000")?.code == "embedder_timeout")
    #expect(await slow.requests.count == 1)
  }

  @Test func `a connection that was dead already is tried once more, and not a third time`() async throws {
    let recorder = Recorder(.disconnected, .disconnected)
    #expect(try await ask(recorder, at: "http://[::1]:9/v1")?.code == "embedder_unreachable")
    #expect(await recorder.requests.count == 2)
  }

  @Test(arguments: [
    (UpstreamError.unreachable, 502, "embedder_unreachable"), (.truncated, 502, "embedder_unreachable"),
    (.connectTimedOut, 504, "embedder_timeout"), (.responseTimedOut, 504, "embedder_timeout"),
    (.tooLarge(limit: 9), 502, "embedder_answer"), (.protocolFault, 502, "embedder_answer"),
    (.cancelled, 503, "shutting_down"), (.closed, 503, "shutting_down"),
  ])
  func `what goes wrong is the embedder's and not the router's`(
    error: UpstreamError, status: Int, code: String
  ) async throws {
    let fault = try #require(try await ask(Recorder(error), at: "http://127.0.0.1:8000"))
    #expect(fault.status == status && fault.code == code)
    #expect(!fault.message.contains("router"))
    if code != "shutting_down" { #expect(fault.message.contains("http://127.0.0.1:8000")) }
  }

  @Test func `an answer without room is nobody's fault but the crowd's`() async throws {
    let fault = try #require(try await ask(Recorder(.crowded(limit: 77)), at: "http://127.0.0.1:8000"))
    #expect(fault.status == 503 && fault.code == "too_many_answers")
    #expect(fault.shouldRetry == nil && fault.retryAfter == .seconds(1))
    #expect(fault.message.contains("77 bytes") && fault.message.contains("limits.bodies"))
  }
}
