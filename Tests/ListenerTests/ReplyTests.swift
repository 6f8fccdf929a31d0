import HTTPTypes
import Testing

@testable import Listener

/// Answers in parts, over the wire.
@Suite(.timeLimit(.minutes(1))) struct ReplyTests {
  private static let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

  private static func responder(
    _ body: @escaping @Sendable (Reply) async throws(CallerGone) -> Void
  ) -> StubResponder {
    StubResponder(responds: { request, reply async throws(CallerGone) in
      guard request.head.path == "/" else { return try await StubResponder.echo(request, reply) }
      try await body(reply)
    })
  }

  private static let twoParts = responder { reply async throws(CallerGone) in
    try await reply.begin(.ok, [.contentType: "text/event-stream"])
    try await reply.write(Array("data: 1\n\n".utf8))
    try await reply.write([])
    try await reply.write(Array("data: 2\n\n".utf8))
    try await reply.finish()
  }

  @Test func `an answer in parts is chunked, part by part, and the connection goes on`() async throws {
    try await withServer(Self.twoParts) { server in
      let caller = try server.connect()
      let answer = try await caller.exchange(Self.get)
      #expect(answer.framing == .chunked && answer.isWhole && answer.keepsAlive)
      #expect(answer["content-length"] == nil)
      #expect(answer["content-type"] == "text/event-stream")
      #expect(answer.text == "data: 1\n\ndata: 2\n\n")
      #expect(try await caller.exchange("GET /y HTTP/1.1\r\nHost: x\r\n\r\n").text == "GET /y - -")
    }
  }

  @Test func `the bytes of an answer in parts are these`() async throws {
    let responder = Self.responder { reply async throws(CallerGone) in
      try await reply.begin(.ok, [.date: "today", .requestID: "r"])
      try await reply.write(Array("0123456789abcdef".utf8))
      try await reply.finish()
    }
    try await withServer(responder) { server in
      let caller = try server.connect()
      await caller.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      #expect(
        await caller.restOfText()
          == "HTTP/1.1 200 OK\r\nDate: today\r\nx-request-id: r\r\ntransfer-encoding: chunked\r\n"
          + "connection: close\r\n\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n")
    }
  }

  @Test func `each part is on its way before the next is written`() async throws {
    let gate = Gate()
    let responder = Self.responder { reply async throws(CallerGone) in
      try await reply.begin(.ok, [:])
      try await reply.write(Array("first".utf8))
      await gate.wait()
      try await reply.finish()
    }
    try await withServer(responder) { server in
      let caller = try server.connect()
      await caller.send(Self.get)
      var seen = ""
      while !seen.hasSuffix("5\r\nfirst\r\n") {
        #expect(await caller.receiveMore() == nil)
        seen = caller.seen
      }
      gate.open()
      #expect(try await caller.answer().text == "first")
    }
  }

  @Test func `a caller of HTTP 1.0 gets the parts bare, and the end of the connection for their end`()
    async throws
  {
    try await withServer(Self.twoParts) { server in
      let caller = try server.connect()
      let answer = try await caller.exchange("GET / HTTP/1.0\r\n\r\n")
      #expect(answer.framing == .untilClose)
      #expect(answer["connection"] == "close" && answer["transfer-encoding"] == nil)
      #expect(answer.text == "data: 1\n\ndata: 2\n\n")
      #expect(await caller.rest().ending == .closed)
    }
  }

  @Test func `HEAD gets the head of an answer in parts alone`() async throws {
    try await withServer(Self.twoParts) { server in
      let caller = try server.connect()
      await caller.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(try await caller.answer(toHead: true)["transfer-encoding"] == "chunked")
      #expect(try await caller.exchange("GET /y HTTP/1.1\r\nHost: x\r\n\r\n").text == "GET /y - -")
    }
  }

  // MARK: Answers that are not whole

  @Test func `an answer that was begun and given up is visibly not whole`() async throws {
    let responder = Self.responder { reply async throws(CallerGone) in
      try await reply.begin(.ok, [:])
      try await reply.write(Array("half".utf8))
      await reply.abort()
    }
    try await withServer(responder) { server in
      let caller = try server.connect()
      let answer = try await caller.exchange(Self.get)
      #expect(answer.text == "half")
      #expect(!answer.isWhole)
    }
  }

  @Test func `to a caller of HTTP 1.0 an answer that is not whole ends with a reset`() async throws {
    let gate = Gate()
    let responder = Self.responder { reply async throws(CallerGone) in
      try await reply.begin(.ok, [:])
      try await reply.write(Array("half".utf8))
      await gate.wait()
      await reply.abort()
    }
    try await withServer(responder) { server in
      let caller = try server.connect()
      await caller.send("GET / HTTP/1.0\r\n\r\n")
      await gate.arrival()
      gate.open()
      #expect(await caller.rest().ending == .reset)
    }
  }

  @Test func `a responder that returns in the middle of its answer leaves it visibly not whole`() async throws
  {
    let responder = Self.responder { reply async throws(CallerGone) in
      try await reply.begin(.ok, [:])
      try await reply.write(Array("half".utf8))
    }
    try await withServer(responder) { server in
      let answer = try await server.connect().exchange(Self.get)
      #expect(answer.text == "half")
      #expect(!answer.isWhole)
    }
  }

  @Test func `to a caller of HTTP 1.0 that return ends with a reset as well`() async throws {
    let gate = Gate()
    let responder = Self.responder { reply async throws(CallerGone) in
      try await reply.begin(.ok, [:])
      await gate.wait()
    }
    try await withServer(responder) { server in
      let caller = try server.connect()
      await caller.send("GET / HTTP/1.0\r\n\r\n")
      await gate.arrival()
      gate.open()
      #expect(await caller.rest().ending == .reset)
    }
  }

  @Test func `a responder that returns without an answer has 500 written for it`() async throws {
    try await withServer(Self.responder { _ in }) { server in
      let caller = try server.connect()
      let answer = try await caller.exchange(Self.get)
      #expect(answer.status == 500)
      #expect(answer.text == "unanswered")
      #expect(answer["x-request-id"] != nil)
      #expect(answer["connection"] == "close")
      #expect(await caller.rest() == ([], .closed))
    }
  }

  // MARK: Calls out of order

  enum Disorder: String, CaseIterable {
    case writeFirst, finishFirst, sendAfterBegin, beginAfterBegin
  }

  @Test(arguments: Disorder.allCases)
  func `a call out of order cuts the connection and throws`(_ disorder: Disorder) async throws {
    let journal = Journal<String>()
    let responder = Self.responder { reply async throws(CallerGone) in
      do throws(CallerGone) {
        switch disorder {
        case .writeFirst: try await reply.write([1])
        case .finishFirst: try await reply.finish()
        case .sendAfterBegin:
          try await reply.begin(.ok, [:])
          try await reply.send(.text("again"))
        case .beginAfterBegin:
          try await reply.begin(.ok, [:])
          try await reply.begin(.ok, [:])
        }
        journal.note("nothing")
      } catch { journal.note("\(error)") }
    }
    try await withServer(responder) { server in
      let caller = try server.connect()
      await caller.send(Self.get)
      #expect(await journal.next() == "CallerGone()")
      let text = await caller.restOfText()
      #expect(!text.contains("again") && !text.contains("0\r\n\r\n"))
    }
  }

  @Test func `a reply that outlives its responder cannot write into the next answer`() async throws {
    let late = Journal<Reply>()
    let responder = StubResponder(responds: { request, reply async throws(CallerGone) in
      if request.head.path == "/" {
        late.note(reply)
        return try await reply.send(.text("first"))
      }
      guard let old = await late.next() else { return }
      await old.abort()
      try? await old.write(Array("late".utf8))
      try? await old.send(.text("late"))
      try await reply.send(.text("second"))
    })
    try await withServer(responder) { server in
      let caller = try server.connect()
      #expect(try await caller.exchange(Self.get).text == "first")
      #expect(try await caller.exchange("GET /y HTTP/1.1\r\nHost: x\r\n\r\n").text == "second")
    }
  }

  @Test func `a reply says how far it is`() async throws {
    let journal = Journal<[Bool]>()
    let responder = Self.responder { reply async throws(CallerGone) in
      journal.note([reply.hasBegun, reply.isComplete])
      try await reply.begin(.ok, [:])
      journal.note([reply.hasBegun, reply.isComplete])
      try await reply.finish()
      journal.note([reply.hasBegun, reply.isComplete])
    }
    try await withServer(responder) { server in
      _ = try await server.connect().exchange(Self.get)
      #expect(await journal.next() == [false, false])
      #expect(await journal.next() == [true, false])
      #expect(await journal.next() == [true, true])
    }
  }
}
