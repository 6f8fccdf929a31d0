import Dialects
import Foundation
import HTTPTypes
import Listener
import Pacing
import Platform
import Testing
import Upstream

@testable import Relay

@Suite(.timeLimit(.minutes(1))) struct ModelTests {
  private let start = ContinuousClock.now

  private func later(_ wait: Duration) -> ContinuousClock.Instant { start.advanced(by: wait) }

  private func names(
    _ catalog: ModelCatalog, _ bearer: String? = nil, after wait: Duration = .zero
  ) async throws -> [String] {
    try await catalog.models(
      for: bearer.map { Credential(Secret($0)) }, turn: Turn(key: .configured) { .connection(1) },
      at: later(wait)
    ).map(\.id)
  }

  @Test func `a list is asked for once a minute`() async throws {
    let rig = try await Rig(StubRouter(.hang))
    let catalog = rig.catalog(patience: .seconds(50))
    #expect(try await names(catalog) == ["lab/first", "second"])
    rig.router.answerModelRequests(with: .status(200, #"{"data":[{"id":"new"}]}"#))
    #expect(try await names(catalog, after: .milliseconds(59_999)) == ["lab/first", "second"])
    #expect(rig.router.modelRequests.count == 1)
    #expect(try await names(catalog, after: .seconds(60)) == ["new"])
    #expect(try await names(catalog, after: .seconds(119)) == ["new"])
    #expect(rig.router.modelRequests.count == 2)
    #expect(rig.router.modelRequests.first?.url == "https://router.test/prefix/v1/models")
  }

  @Test func `an old list is better than none, and is replaced when the router is back`() async throws {
    let rig = try await Rig(StubRouter(.hang))
    let catalog = rig.catalog(patience: .seconds(50))
    _ = try await names(catalog)
    for reaction in [
      StubRouter.Reaction.fail(.unreachable), .status(500), .status(200, "<html></html>"),
      .status(200, #"{"data":7}"#),
    ] {
      rig.router.answerModelRequests(with: reaction)
      #expect(try await names(catalog, after: .seconds(1000)) == ["lab/first", "second"])
    }
    rig.router.answerModelRequests(with: .status(200, #"{"data":[{"id":"new"}]}"#))
    #expect(try await names(catalog, after: .seconds(1001)) == ["new"])
  }

  @Test func `who could have an old list does not wait for a router that does not answer`() async throws {
    let rig = try await Rig(StubRouter(.hang))
    let catalog = rig.catalog()
    _ = try await names(catalog)
    rig.router.answerModelRequests(with: .hang)
    #expect(try await names(catalog, after: .seconds(1000)) == ["lab/first", "second"])
  }

  @Test(arguments: [
    (StubRouter.Reaction.fail(.unreachable), 502, "upstream_unreachable"),
    (.fail(.responseTimedOut), 504, "upstream_timeout"), (.status(401), 401, "upstream_authentication"),
    (.status(500), 502, "upstream_error"), (.status(200, "<html></html>"), 502, "upstream_answer"),
    (.status(200, #"{"models":[]}"#), 502, "upstream_answer"),
  ])
  func `without a list the failure is told`(reaction: StubRouter.Reaction, status: Int, code: String)
    async throws
  {
    let rig = try await Rig(StubRouter(.hang))
    rig.router.answerModelRequests(with: reaction)
    let answer = try #require(try await rig.responder().answer(.get("/v1/models")).answer)
    #expect(answer.status.code == status)
    #expect(errorObject(answer.body)?["code"] as? String == code)
  }

  @Test func `each key has a list of its own`() async throws {
    let rig = try await Rig(StubRouter(.hang))
    let catalog = rig.catalog()
    #expect(try await names(catalog, "sk-one") == ["lab/first", "second"])
    rig.router.answerModelRequests(with: .status(200, #"{"data":[{"id":"two's"}]}"#))
    #expect(try await names(catalog, "sk-two") == ["two's"])
    #expect(try await names(catalog) == ["two's"])
    #expect(try await names(catalog, "sk-one") == ["lab/first", "second"])
    rig.router.answerModelRequests(with: .status(401))
    await #expect(throws: FailedExchange.self) { _ = try await names(catalog, "sk-three") }
  }

  @Test func `lists for very many keys do not pile up`() async throws {
    let rig = try await Rig(StubRouter(.hang))
    let catalog = rig.catalog()
    for number in 1...200 { _ = try await names(catalog, "sk-\(number)") }
    #expect(rig.router.modelRequests.count == 200)
    _ = try await names(catalog, "sk-200")
    #expect(rig.router.modelRequests.count == 200)
    _ = try await names(catalog, "sk-1")
    #expect(rig.router.modelRequests.count == 201)
  }

  @Test func `aliases are listed beside what they stand for, and do not hide a model of the same name`()
    async throws
  {
    let rig = try await Rig(StubRouter(.hang))
    let catalog = rig.catalog(
      aliases: ["b-alias": "lab/first", "a-alias": "not/listed", "second": "lab/first"])
    let models = try await catalog.models(
      for: nil, turn: Turn(key: .configured) { .connection(1) }, at: start)
    #expect(models.map(\.id) == ["lab/first", "second", "a-alias", "b-alias"])
    #expect(models.map(\.root) == ["lab/first", "second", "not/listed", "lab/first"])
  }

  @Test func `a fixed list asks nobody`() async throws {
    let rig = try await Rig(StubRouter(.hang))
    let catalog = rig.catalog(aliases: ["gpt-4o": "own/model"], fixed: ["own/model", "own/other"])
    #expect(try await names(catalog) == ["own/model", "own/other", "gpt-4o"])
    #expect(rig.router.modelRequests.isEmpty)
  }

  @Test func `the list has OpenAI's shape`() async throws {
    let rig = try await Rig(StubRouter(.hang))
    rig.router.answerModelRequests(
      with: .status(
        200, #"{"data":[{"id":"a/b","created":3,"owned_by":"lab","extra":{"internal":"http://10.0.0.1"}}]}"#))
    let answer = try #require(try await rig.responder().answer(.get("/v1/models")).answer)
    #expect(answer.status == .ok)
    #expect(answer.fields[.requestID] != nil)
    #expect(
      String(decoding: answer.body, as: UTF8.self)
        == #"{"object":"list","data":[{"id":"a/b","object":"model","created":3,"owned_by":"lab","permission":[],"root":"a/b","parent":null}]}"#
    )
  }

  @Test(arguments: ["/v1/models/lab/first", "/v1/models/lab%2Ffirst", "/models/lab%2ffirst/"])
  func `one model is found by its name, slashes escaped or not`(path: String) async throws {
    let rig = try await Rig(StubRouter(.hang))
    let answer = try #require(try await rig.responder().answer(.get(path)).answer)
    #expect(answer.status == .ok)
    let object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
    #expect(object?["id"] as? String == "lab/first")
    #expect(object?["object"] as? String == "model")
  }

  @Test func `a model that is not offered is OpenAI's 404`() async throws {
    let rig = try await Rig(StubRouter(.hang))
    let answer = try #require(try await rig.responder().answer(.get("/v1/models/no%0A%22such")).answer)
    #expect(answer.status == .notFound)
    let error = try #require(errorObject(answer.body))
    #expect(error["code"] as? String == "model_not_found")
    #expect(error["param"] as? String == "model")
    #expect((error["message"] as? String)?.contains("\n") == false)
  }

  @Test func `a caller that is gone is not kept in the catalogue's way`() async throws {
    let rig = try await Rig(StubRouter(.hang))
    rig.router.answerModelRequests(with: .hang)
    let responder = try rig.responder()
    let sink = RecordingSink()
    let gone = Task { await responder.respond(to: .get("/v1/models"), through: Reply(to: sink)) }
    await rig.router.untilModelRequests(1)
    gone.cancel()
    await gone.joined()
    // The transfer is another task's, so it may end after its caller.
    await rig.router.untilAbandoned(1)
    #expect(rig.router.abandoned == 1)
    rig.router.answerModelRequests(with: .status(200, #"{"data":[]}"#))
    #expect(await responder.answer(.get("/v1/models")).head?.status == 200)
  }
}
