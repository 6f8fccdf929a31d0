import Dialects
import HTTPTypes
import Testing

@testable import Relay

/// Members that the router does not document, and routers that refuse them (`compat.members`).
@Suite(.timeLimit(.minutes(1))) struct ReductionTests {
  private static let body =
    #"{"model":"m","min_p":0.1,"messages":[{"role":"user","content":"hello"}],"temperature":0.5}"#
  private static let reduced =
    #"{"model":"m","messages":[{"role":"user","content":"hello"}],"temperature":0.5}"#

  private func sealed(_ rig: Rig) -> [String] {
    rig.router.arrivals.map { arrival in
      let text = String(decoding: arrival.plaintext() ?? [], as: UTF8.self)
      return String(text.reversed().drop { $0 == " " }.reversed())
    }
  }

  @Test func `a router that refuses them gets the request once more without, and the next at once`()
    async throws
  {
    let rig = try await Rig(StubRouter(.status(400), .say("hi")))
    let responder = try rig.responder()
    #expect(await responder.answer(.chat(Self.body)).head?.status == 200)
    #expect(sealed(rig) == [Self.body, Self.reduced])
    #expect(await responder.answer(.chat(Self.body)).head?.status == 200)
    #expect(sealed(rig) == [Self.body, Self.reduced, Self.reduced])
  }

  @Test func `a request that is wrong without them too is refused, and nothing is concluded from it`()
    async throws
  {
    let rig = try await Rig(StubRouter(.status(400), .status(400), .say("hi")))
    let responder = try rig.responder()
    #expect(await responder.answer(.chat(Self.body)).head?.status == 400)
    #expect(await responder.answer(.chat(Self.body)).head?.status == 200)
    #expect(sealed(rig) == [Self.body, Self.reduced, Self.body])
  }

  @Test func `a request without such members is not sent again`() async throws {
    let rig = try await Rig(StubRouter(.status(400)))
    #expect(await (try rig.responder()).answer(.chat(Self.reduced)).head?.status == 400)
    #expect(rig.router.arrivals.count == 1)
  }

  @Test(arguments: [
    (RequestPolicy.UndocumentedMembers.pass, Self.body), (.minimal, Self.reduced),
  ])
  func `what is configured holds without asking`(
    members: RequestPolicy.UndocumentedMembers, sent: String
  ) async throws {
    let rig = try await Rig(StubRouter(.status(400)))
    #expect(await (try rig.responder(members: members)).answer(.chat(Self.body)).head?.status == 400)
    #expect(sealed(rig) == [sent])
  }

  @Test func `nothing is learned from what anybody on the way could have said`() async throws {
    let rig = try await Rig(StubRouter(.status(400), .status(403), .say("hi")), retries: 0)
    let responder = try rig.responder()
    #expect(await responder.answer(.chat(Self.body)).head?.status == 403)
    #expect(await responder.answer(.chat(Self.body)).head?.status == 200)
    #expect(sealed(rig) == [Self.body, Self.reduced, Self.body])
  }

  @Test func `another key is not concerned, and the caller is told what was left out`() async throws {
    let rig = try await Rig(StubRouter(.status(400), .say("hi")))
    let responder = try rig.responder()
    let first = await responder.answer(.chat(Self.body, [.authorization: "Bearer a"]))
    #expect(first.head?.fields[.named("x-nomyo-left-out")] == "min_p")
    _ = await responder.answer(.chat(Self.body, [.authorization: "Bearer b"]))
    #expect(sealed(rig) == [Self.body, Self.reduced, Self.body])
    #expect(rig.logText.contains("left out for this key and model") && !rig.logText.contains("min_p"))
  }

  @Test func `requests that are wrong anyway are soon sent only once`() async throws {
    let rig = try await Rig(StubRouter(.status(400)))
    let responder = try rig.responder()
    for _ in 0..<5 { _ = await responder.answer(.chat(Self.body)) }
    #expect(rig.router.arrivals.count == 3 * 2 + 2)
  }
}
