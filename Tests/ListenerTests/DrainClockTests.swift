import NIOCore
import Testing

@testable import Listener

/// What a connection does with the time that a drain leaves it, with a clock that the test moves.
@Suite struct DrainClockTests {
  private static let limits = ListenerLimits.with { $0.crossingTime = .milliseconds(250) }
  private static let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
  private static let post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n"

  private static func connection(
    _ responder: StubResponder = .refusing, after requests: Int = 0, isLate: Bool = false
  ) throws -> EmbeddedConnection {
    let connection = try EmbeddedConnection(responder, limits: limits, isLate: isLate)
    for _ in 0..<requests { connection.receive(get) }
    #expect(try connection.answers().allSatisfy { $0.keepsAlive })
    return connection
  }

  @Test(arguments: [0, 3])
  func `a request that comes in time to an idle connection is answered, and told to be the last`(
    _ before: Int
  )
    throws
  {
    let connection = try Self.connection(after: before)
    connection.drainBegins()
    connection.wait(.milliseconds(249))
    #expect(!connection.hasEnded)
    connection.receive(Self.get + Self.get)
    let answers = try connection.answers()
    #expect(answers.map(\.status) == [403] && answers.map { $0["connection"] } == ["close"])
    #expect(connection.hasEnded)
  }

  @Test func `an idle connection is ended after a while, and closed after another`() throws {
    let connection = try Self.connection(after: 1)
    connection.drainBegins()
    connection.wait(.milliseconds(250))
    #expect(connection.hasEnded && connection.isOpen)
    connection.receive(Self.get)
    connection.wait(.milliseconds(249))
    #expect(connection.isOpen)
    connection.wait(.milliseconds(1))
    #expect(!connection.isOpen && connection.sent().isEmpty)
  }

  @Test func `a second stop gives an idle connection no more time`() throws {
    let connection = try Self.connection(after: 1)
    connection.drainBegins()
    connection.wait(.milliseconds(200))
    connection.drainBegins()
    connection.wait(.milliseconds(50))
    #expect(connection.hasEnded)
  }

  @Test func `a caller that hears of the end and ends is gone at once`() throws {
    let connection = try Self.connection(after: 1)
    connection.drainBegins()
    connection.wait(.milliseconds(250))
    connection.receiveEnd()
    #expect(!connection.isOpen)
  }

  @Test func `a head that becomes whole in time is answered`() throws {
    let connection = try Self.connection(after: 1)
    connection.receive("GET / HT")
    connection.drainBegins()
    connection.wait(.milliseconds(400))
    connection.receive("TP/1.1\r\nHost: x\r\n\r\n")
    #expect(try connection.answers().map(\.status) == [403])
  }

  @Test func `a head that does not become whole in time is refused, and bytes now and then buy no more`()
    throws
  {
    for (before, after) in [("GET /", "aaaaa"), ("", "GET /")] {
      let connection = try Self.connection()
      if !before.isEmpty { connection.receive(before) }
      connection.drainBegins()
      for byte in after.utf8 {
        connection.receive([byte])
        connection.wait(.milliseconds(99))
      }
      #expect(connection.sent().isEmpty)
      connection.wait(.milliseconds(5))
      #expect(try connection.answers().map(\.text) == ["shuttingDown"])
      #expect(connection.hasEnded)
    }
  }

  @Test func `a connection that was accepted before the server stopped to listen has one request answered`()
    throws
  {
    let connection = try Self.connection(isLate: true)
    connection.wait(.milliseconds(100))
    connection.receive(Self.get)
    let answers = try connection.answers()
    #expect(answers.map(\.status) == [403] && answers.map { $0["connection"] } == ["close"])
  }

  @Test func `a connection that was accepted late and stays silent is ended like the others`() throws {
    let connection = try Self.connection(isLate: true)
    connection.wait(.milliseconds(250))
    #expect(connection.hasEnded && connection.isOpen)
    connection.wait(.milliseconds(250))
    #expect(!connection.isOpen && connection.sent().isEmpty)
  }

  /// Head and half of a body, then the drain; the patience with the rest is 5 seconds.
  private static func halfReceived(_ responder: StubResponder = StubResponder()) throws -> EmbeddedConnection
  {
    let connection = try connection(responder)
    connection.receive(post + "12345")
    connection.drainBegins()
    return connection
  }

  private static func isGivenUp(_ connection: EmbeddedConnection) throws -> Bool {
    let answers = try connection.answers()
    return answers.map(\.text) == ["shuttingDown"] && answers.map(\.status) == [503]
      && answers.map { $0["connection"] } == ["close"] && connection.hasEnded
      && connection.register.result == DrainResult(unreceived: 1)
  }

  @Test func `a body that does not become whole is given up after a while, long before the drain ends`()
    throws
  {
    let connection = try Self.halfReceived()
    connection.wait(.milliseconds(4999))
    #expect(connection.isOpen && connection.sent().isEmpty)
    connection.wait(.milliseconds(1))
    #expect(try Self.isGivenUp(connection))
    connection.wait(.seconds(2))
    #expect(!connection.isOpen)
  }

  @Test func `bytes now and then, and a second signal, buy a body no more time`() throws {
    let connection = try Self.halfReceived()
    for _ in 0..<4 {
      connection.receive("6")
      connection.wait(.milliseconds(1249))
      connection.drainBegins()
    }
    #expect(connection.isOpen && connection.sent().isEmpty)
    connection.wait(.milliseconds(4))
    #expect(try Self.isGivenUp(connection))
  }

  @Test func `the end of a drain gives a body up at once`() throws {
    let connection = try Self.halfReceived()
    connection.wait(.seconds(1))
    connection.drainEnds()
    #expect(try Self.isGivenUp(connection))
  }

  @Test func `a request that begins in a drain has the same time for its body`() throws {
    let connection = try Self.connection(StubResponder())
    connection.drainBegins()
    connection.wait(.milliseconds(200))
    connection.receive(Self.post)
    connection.wait(.milliseconds(4999))
    #expect(connection.isOpen && connection.sent().isEmpty)
    connection.wait(.milliseconds(1))
    #expect(try Self.isGivenUp(connection))
  }

  @Test func `a caller that sends the body of a refused request is not waited for either`() throws {
    let connection = try Self.connection()
    connection.receive(Self.post)
    #expect(try connection.answers().map(\.keepsAlive) == [true])
    connection.drainBegins()
    connection.wait(.milliseconds(4999))
    #expect(!connection.hasEnded)
    connection.wait(.milliseconds(1))
    // It has its answer, and nothing of it is lost.
    #expect(connection.hasEnded && connection.sent().isEmpty && connection.register.result == DrainResult())
  }

  @Test func `half a head at the end of a drain is refused in words, and nothing at all in silence`() throws {
    let talking = try Self.connection()
    talking.drainBegins()
    talking.receive("GET /")
    talking.drainEnds()
    #expect(try talking.answers().map(\.text) == ["shuttingDown"])
    // What has no head is no request yet.
    #expect(talking.register.result.isComplete)
    let silent = try Self.connection()
    silent.drainBegins()
    silent.drainEnds()
    #expect(!silent.isOpen && silent.sent().isEmpty)
  }

  @Test func `the end of a drain shortens the time after a last answer`() throws {
    let connection = try Self.connection()
    connection.receive("GET / HTTP/1.0\r\n\r\n")
    #expect(connection.hasEnded && connection.isOpen)
    connection.drainBegins()
    connection.drainEnds()
    connection.wait(.milliseconds(250))
    #expect(!connection.isOpen)
  }
}
