import NIOCore
import Testing

@testable import Listener

/// What a connection does when time passes, with a clock that the test moves.
@Suite struct ConnectionClockTests {
  private static let limits = ListenerLimits.with {
    ($0.headerTimeout, $0.bodyTimeout, $0.bodyProgress) = (.seconds(30), .seconds(20), 100)
    ($0.idleTimeout, $0.writeTimeout, $0.lingerTime) = (.seconds(75), .seconds(120), .seconds(2))
    ($0.crossingTime, $0.writeProgress) = (.milliseconds(250), 1)
  }
  private static let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
  private static let post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n"

  private static func connection(_ responder: StubResponder = .refusing) throws -> EmbeddedConnection {
    try EmbeddedConnection(responder, limits: limits)
  }

  // MARK: Heads

  @Test func `a caller that says nothing is closed without a word`() throws {
    let connection = try Self.connection()
    connection.wait(.milliseconds(29_999))
    #expect(!connection.hasEnded)
    connection.wait(.milliseconds(1))
    #expect(connection.hasEnded && connection.isOpen)
    connection.wait(.milliseconds(250))
    #expect(!connection.isOpen)
    #expect(connection.sent().isEmpty)
  }

  @Test func `a head that is not whole in time is refused, and a byte now and then buys no more`() throws {
    let connection = try Self.connection()
    for byte in "GET / HTTP/1.1\r\nHost: abcdefgh".utf8 {
      connection.receive([byte])
      connection.wait(.milliseconds(900))
    }
    #expect(connection.sent().isEmpty)
    connection.wait(.seconds(3))
    #expect(try connection.answers().map(\.status) == [408])
  }

  @Test func `the next head has as much time from its first byte as the first had`() throws {
    let connection = try Self.connection()
    connection.wait(.seconds(29))
    connection.receive(Self.get)
    #expect(try connection.answers().map(\.status) == [403])
    connection.wait(.seconds(74))
    connection.receive("G")
    connection.wait(.seconds(29))
    #expect(connection.isOpen && connection.sent().isEmpty)
    connection.wait(.seconds(1))
    #expect(try connection.answers().map(\.status) == [408])
  }

  @Test func `an idle connection is closed without a word`() throws {
    let connection = try Self.connection()
    for _ in 0..<3 {
      connection.receive(Self.get)
      #expect(try connection.answers().map(\.status) == [403])
      connection.wait(.milliseconds(74_999))
      #expect(!connection.hasEnded)
    }
    connection.wait(.milliseconds(1))
    #expect(connection.hasEnded && connection.isOpen)
    connection.wait(.milliseconds(250))
    #expect(!connection.isOpen)
    #expect(connection.sent().isEmpty)
  }

  @Test func `a request that crosses the end of an idle connection is read and not looked at`() throws {
    let connection = try Self.connection()
    connection.receive(Self.get)
    #expect(try connection.answers().count == 1)
    connection.wait(.seconds(75))
    connection.receive(Self.get)
    #expect(connection.isOpen && connection.sent().isEmpty)
    connection.wait(.milliseconds(250))
    #expect(!connection.isOpen && connection.sent().isEmpty)
  }

  // MARK: Bodies

  @Test func `a body that arrives steadily may take as long as it likes`() throws {
    let connection = try Self.connection(StubResponder())
    connection.receive(Self.post)
    for _ in 0..<99 {
      connection.wait(.seconds(19))
      connection.receive([UInt8](repeating: 0x61, count: 100))
    }
    #expect(connection.isOpen)
    #expect(connection.sent().isEmpty)
  }

  @Test func `a body that arrives too slowly is refused`() throws {
    let connection = try Self.connection(StubResponder())
    connection.receive(Self.post)
    for _ in 0..<19 {
      connection.wait(.seconds(1))
      connection.receive([UInt8](repeating: 0x61, count: 5))
    }
    #expect(connection.sent().isEmpty)
    connection.wait(.seconds(1))
    #expect(try connection.answers().map(\.text) == ["bodyTimeout"])
  }

  @Test func `the short body of a refused request has its time too`() throws {
    let connection = try Self.connection()
    connection.receive("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345")
    #expect(try connection.answers().map(\.status) == [403])
    connection.wait(.seconds(19))
    #expect(connection.isOpen)
    connection.wait(.seconds(3))
    #expect(!connection.isOpen)
    #expect(connection.sent().isEmpty)
  }

  @Test func `a caller that takes 100 Continue late is still waited for`() throws {
    let connection = try Self.connection(StubResponder())
    connection.stopReading()
    connection.receive("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n")
    connection.wait(.seconds(100))
    connection.readAll()
    #expect(try connection.answers().map(\.status) == [100])
    connection.wait(.seconds(19))
    #expect(connection.isOpen && connection.sent().isEmpty)
    connection.wait(.seconds(1))
    #expect(try connection.answers().map(\.text) == ["bodyTimeout"])
  }

  // MARK: Answers and the end

  @Test func `a caller that takes nothing of its answer is cut`() throws {
    let connection = try Self.connection()
    connection.stopReading()
    connection.receive(Self.get)
    connection.wait(.seconds(119))
    #expect(connection.isOpen)
    connection.wait(.seconds(1))
    #expect(!connection.isOpen)
  }

  @Test func `a caller that takes some of its answer has as much time again`() throws {
    let connection = try Self.connection()
    connection.stopReading()
    connection.receive(Self.get)
    connection.wait(.seconds(119))
    connection.readSome()
    connection.wait(.seconds(120))
    #expect(connection.isOpen)
    connection.wait(.seconds(1))
    #expect(!connection.isOpen)
  }

  @Test func `a caller that takes its answer byte by byte is cut`() throws {
    var limits = Self.limits
    limits.writeProgress = 2
    let connection = try EmbeddedConnection(limits: limits)
    connection.stopReading()
    connection.receive(Self.get)
    connection.wait(.seconds(119))
    connection.readSome()
    #expect(connection.isOpen)
    connection.wait(.seconds(1))
    #expect(!connection.isOpen)
  }

  @Test func `a caller that takes its answer late is served on`() throws {
    let connection = try Self.connection()
    connection.stopReading()
    connection.receive(Self.get)
    connection.wait(.seconds(119))
    connection.readAll()
    connection.wait(.seconds(74))
    #expect(try connection.answers().map(\.status) == [403])
    connection.receive(Self.get)
    #expect(try connection.answers().map(\.status) == [403])
  }

  @Test func `after the last answer what comes is thrown away for a while, and then the connection closed`()
    throws
  {
    let connection = try Self.connection()
    connection.receive("GET / HTTP/1.0\r\n\r\n")
    #expect(try connection.answers().map(\.status) == [403])
    #expect(connection.hasEnded)
    for _ in 0..<19 {
      connection.wait(.milliseconds(100))
      connection.receive(Self.get)
    }
    #expect(connection.isOpen)
    connection.wait(.milliseconds(100))
    #expect(!connection.isOpen)
    #expect(connection.sent().isEmpty)
  }

  @Test func `a caller that ends after the last answer is not waited for`() throws {
    let connection = try Self.connection()
    connection.receive("GET / HTTP/1.0\r\n\r\n")
    connection.receiveEnd()
    #expect(!connection.isOpen)
  }

  @Test func `a closed connection is forgotten and leaves no timer`() throws {
    let connection = try Self.connection()
    connection.receive(Self.get)
    #expect(connection.register.connections == 1)
    connection.channel.close(promise: nil)
    connection.wait(.zero)
    #expect(connection.register.connections == 0)
    connection.wait(.seconds(3600))
    #expect(try connection.answers().count == 1)
  }

  @Test func `an alarm that is moved rings once, at the last time that was set`() {
    let loop = ManualLoop()
    let alarm = loop.alarm()
    alarm.set(.idle, in: .seconds(10))
    alarm.set(.body, in: .seconds(20))
    loop.wait(.seconds(15))
    #expect(loop.rung.isEmpty)
    alarm.set(.write, in: .seconds(1))
    loop.wait(.seconds(1))
    #expect(loop.rung == [.write])
    alarm.set(.head, in: .seconds(5))
    alarm.clear()
    loop.wait(.seconds(60))
    #expect(loop.rung == [.write])
    #expect(alarm.purpose == nil)
  }
}
