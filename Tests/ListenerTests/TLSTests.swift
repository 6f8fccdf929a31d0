import HTTPTypes
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import Listener

/// What TLS changes of a connection, and what it must not change.
@Suite(.timeLimit(.minutes(1))) struct TLSTests {
  /// Runs `body` with a server that speaks TLS only.
  private func withTLS(
    _ responder: StubResponder = StubResponder(), limits: ListenerLimits = ListenerLimits(),
    _ body: (ServerUnderTest) async throws -> Void
  ) async throws {
    let pair = try TestCertificate()
    let served = ServedIdentity(try TLSIdentity(chain: pair.chain, key: pair.key))
    let server = HTTPServer(
      addresses: [],
      secure: SecureListening(addresses: [.tcp(host: "127.0.0.1", port: 0)], identity: served),
      limits: limits, responder: responder, logger: .silent)
    do {
      let open = try await server.start()
      let plain = open.filter { !$0.isTLS }
      #expect(plain.isEmpty)
      try await body(ServerUnderTest(server: server, bound: open.map(\.bound)))
    } catch {
      _ = await server.stop(drain: .zero)
      throw error
    }
    _ = await server.stop(drain: .zero)
  }

  @Test(arguments: [[], [0x16], [0x16, 0x03, 0x01, 0x02, 0x00, 0x01]] as [[UInt8]])
  func `a handshake that does not come to its end is ended in time`(beginning: [UInt8]) async throws {
    try await withTLS(limits: .with { $0.headerTimeout = .milliseconds(200) }) { server in
      let caller = try server.connect()
      await caller.send(beginning)
      let (bytes, ending) = await caller.rest()
      #expect(bytes.isEmpty && ending != .silence)
      while server.server.connections > 0 { await Task.yield() }
    }
  }

  @Test func `a handshake that drips is ended in time`() async throws {
    try await withTLS(limits: .with { $0.headerTimeout = .milliseconds(300) }) { server in
      let caller = try server.connect()
      // A record of 16 KiB, of which a byte comes now and then for as long as the server listens.
      var isOpen = await caller.send([0x16, 0x03, 0x01, 0x40, 0x00, 0x01])
      while isOpen {
        try await Task.sleep(for: .milliseconds(20))
        isOpen = await caller.send([0x00])
      }
      while server.server.connections > 0 { await Task.yield() }
    }
  }

  @Test func `one connection too many is ended in time, without a handshake as well`() async throws {
    let limits = ListenerLimits.with {
      ($0.maxConnections, $0.headerTimeout) = (0, .milliseconds(200))
    }
    try await withTLS(limits: limits) { server in
      let caller = try server.connect()
      #expect(await caller.rest().ending != .silence)
      while server.server.connections > 0 { await Task.yield() }
    }
  }

  @Test(arguments: [true, false])
  func `an answer that is given up ends without the word that all is there`(isWhole: Bool) async throws {
    let responder = StubResponder(responds: { _, reply async throws(CallerGone) in
      try await reply.begin(.ok, [:])
      try await reply.write([0x61])
      if isWhole { try await reply.finish() } else { await reply.abort() }
    })
    try await withTLS(responder) { server in
      // Of HTTP/1.0, so that only the end tells that the answer is whole.
      let ending = try await TLSCaller.ending(of: "GET / HTTP/1.0\r\nHost: x\r\n\r\n", at: server.bound)
      #expect(ending == (isWhole ? .told : .torn))
    }
  }
}

/// A caller that speaks TLS, reads to the end and tells which end it was.
private final class TLSCaller: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  enum Ending { case told, torn }

  private let text: String
  private let ended: EventLoopPromise<Ending>
  private var ending = Ending.told

  private init(_ text: String, _ ended: EventLoopPromise<Ending>) {
    (self.text, self.ended) = (text, ended)
  }

  func channelActive(context: ChannelHandlerContext) {
    context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    ending = .torn
  }

  func channelInactive(context: ChannelHandlerContext) {
    ended.succeed(ending)
  }

  static func ending(of text: String, at bound: [BoundAddress]) async throws -> Ending {
    guard case .tcp(let host, let port)? = bound.first else { throw RawClient.Failure.connect(0) }
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.certificateVerification = .none
    let context = try NIOSSLContext(configuration: configuration)
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let ended = loop.makePromise(of: Ending.self)
    do {
      _ = try await ClientBootstrap(group: loop).channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(try NIOSSLClientHandler(context: context, serverHostname: nil))
          try pipeline.addHandler(TLSCaller(text, ended))
        }
      }.connect(host: host, port: port).get()
    } catch {
      ended.fail(error)
      throw error
    }
    return try await ended.futureResult.get()
  }
}

@available(*, unavailable)
extension TLSCaller: Sendable {}
