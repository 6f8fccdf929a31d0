public import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Platform

/// An HTTP/1.1 server on any number of sockets.
///
/// ``start()`` opens the sockets, ``serve()`` waits until somebody else calls ``stop(drain:)``. A server starts once.
public final class HTTPServer: Sendable {
  private enum Phase { case new, listening([Listening]), stopped }

  private let addresses: [ListenAddress]
  private let inherited: [CInt]
  private let secure: SecureListening?
  private let surroundings: ConnectionSurroundings
  let group: MultiThreadedEventLoopGroup
  private let phase = Locked(Phase.new)
  /// Opens when nobody listens any more.
  private let deaf = Latch()
  private let ended = Latch()

  var register: ConnectionRegister { surroundings.register }
  var room: SharedRoom { surroundings.room }

  /// Whether somebody has stopped it.
  var isStopping: Bool {
    phase.withLock { phase in
      if case .stopped = phase { true } else { false }
    }
  }

  /// A server that does not listen yet.
  ///
  /// - Parameters:
  ///   - addresses: where to listen.
  ///   - inherited: stream sockets that somebody else bound, such as systemd; the server closes its copies when it
  ///     stops and leaves what waits in them to the next process.
  ///   - secure: where callers speak TLS; nil for nowhere.
  ///   - limits: what callers are granted.
  ///   - responder: who answers.
  ///   - logger: told about faults, without anything that a caller sent.
  ///   - eventLoopThreads: threads for input and output; one is enough for tens of thousands of requests a second.
  public init(
    addresses: [ListenAddress], inherited: [CInt] = [], secure: SecureListening? = nil,
    limits: ListenerLimits = ListenerLimits(), responder: any Responder, logger: Logger,
    eventLoopThreads: Int = 1
  ) {
    (self.addresses, self.inherited, self.secure) = (addresses, inherited, secure)
    surroundings = ConnectionSurroundings(
      responder: responder, limits: limits, register: ConnectionRegister(limits: limits),
      room: SharedRoom(BodyRoom(capacity: limits.bodyRoom, patience: TimeAmount(limits.bodyPatience))),
      dateLine: DateLine(), logger: logger)
    group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, eventLoopThreads))
  }

  /// Requests that a responder is working on.
  public var inFlight: Int { register.inFlight }

  /// Connections that are open, idle ones included.
  public var connections: Int { register.connections }

  /// Opens all sockets, or none, and accepts connections from now on.
  ///
  /// - Throws: ``ListenError`` for the first address that cannot be had; `CancellationError` if the server was
  ///   stopped before.
  public func start() async throws -> [OpenAddress] {
    try throwIfStopped()
    let sockets = try openSockets()
    var listening: [Listening] = []
    do {
      for socket in sockets { listening.append(try await listen(on: socket)) }
      try throwIfStopped(else: .listening(listening))
    } catch {
      await close(listening)
      // The one that failed is the event loop's already.
      sockets.dropFirst(listening.count + 1).forEach { $0.close() }
      throw error
    }
    return sockets.map { OpenAddress(bound: $0.bound, isTLS: $0.isTLS) }
  }

  /// Returns when each event loop has come round once more: at once, unless one is stuck.
  ///
  /// A server that is stopping is not asked: its loops end with it.
  public func respond() async {
    guard !isStopping else { return }
    for loop in group.makeIterator() { try? await loop.submit {}.get() }
  }

  /// Returns when the server has stopped, or when the task is cancelled.
  public func serve() async {
    await ended.wait()
  }
}

// MARK: - Sockets

extension HTTPServer {
  private func throwIfStopped(else next: Phase = .new) throws(CancellationError) {
    let isStopped = phase.withLock { phase in
      if case .stopped = phase { return true }
      phase = next
      return false
    }
    if isStopped { throw CancellationError() }
  }

  private func openSockets() throws(ListenError) -> [ListeningSocket] {
    var sockets: [ListeningSocket] = []
    do throws(ListenError) {
      for address in addresses { sockets += try ListeningSocket.open(address) }
      for descriptor in inherited { sockets.append(try ListeningSocket(inherited: descriptor)) }
      for address in secure?.addresses ?? [] { sockets += try ListeningSocket.open(address).map(\.secured) }
      for descriptor in secure?.inherited ?? [] {
        sockets.append(try ListeningSocket(inherited: descriptor).secured)
      }
    } catch {
      sockets.forEach { $0.close() }
      throw error
    }
    return sockets
  }

  private func listen(on socket: ListeningSocket) async throws -> Listening {
    do {
      let channel = try await bootstrap(for: socket).withBoundSocket(socket.descriptor).get()
      _ = socket.listen()
      return Listening(socket: socket, channel: channel)
    } catch let error as IOError {
      socket.file?.remove()
      throw ListenError(socket.bound, errno: error.errnoCode)
    }
  }
}

// MARK: - Connections

extension HTTPServer {
  private func bootstrap(for socket: ListeningSocket) -> ServerBootstrap {
    let (surroundings, identity) = (surroundings, socket.isTLS ? secure?.identity : nil)
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptPause())
        }
      }
      .childChannelInitializer { channel in
        Peer.of(channel).flatMapThrowing {
          try Self.prepare(channel, peer: $0, surroundings, showing: identity?.current)
        }
      }
      .childChannelOption(.autoRead, value: false)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelOption(.recvAllocator, value: ReceiveBuffers())
    guard socket.isTCP else { return bootstrap }
    return
      bootstrap
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.socketOption(.so_keepalive), value: 1)
      // The kernel would take up to 4 MiB for each caller that does not read (tcp_wmem).
      .childChannelOption(.socketOption(.so_sndbuf), value: 256 * 1024)
  }

  /// Makes a connection of a new channel, on its event loop.
  static func prepare(
    _ channel: any Channel, peer: Peer, _ surroundings: ConnectionSurroundings,
    showing identity: TLSIdentity? = nil
  ) throws {
    var decoderLimits = NIOHTTPDecoderLimitConfiguration()
    decoderLimits.maxHeaderFieldSize = surroundings.limits.maxHeaderBytes
    decoderLimits.maxHeaderListSize = surroundings.limits.maxHeaderBytes
    decoderLimits.maxHeaderFieldCount = surroundings.limits.maxHeaderFields
    let decoder = HTTPRequestDecoder(limitConfiguration: decoderLimits)
    let valve = InputValve()
    let pipeline = channel.pipeline.syncOperations
    let transport = try identity.map { try pipeline.addTLS($0, surroundings) }
    try pipeline.addHandler(valve)
    try pipeline.addHandler(ByteToMessageHandler(decoder))
    try pipeline.addHandler(Connection(surroundings, valve: valve, peer: peer, transport: transport))
  }
}

// MARK: - The end

/// What became of the requests that a stop found under way.
public struct DrainResult: Sendable, Equatable {
  /// Requests that were answered to their end.
  public var answered = 0
  /// Requests that were given up, and told so.
  public var cancelled = 0
  /// Requests that were not all there by then, and told so.
  public var unreceived = 0

  /// Whether every request was answered.
  public var isComplete: Bool { cancelled == 0 && unreceived == 0 }
}

extension HTTPServer {
  /// How long responders that were cancelled have to return, and their callers to take what they still say.
  private static let grace: Duration = .seconds(1)

  /// Stops: no new connections, requests in flight answered with `connection: close`; what is not answered when `drain`
  /// is over is cancelled.
  ///
  /// A request that was sent before its caller could know is in flight as well: one in a connection that the kernel has
  /// accepted, and one that reaches an idle connection within ``ListenerLimits/crossingTime``.
  ///
  /// A second call while the first still waits shortens the wait: `stop(drain: .zero)` ends it.
  public func stop(drain: Duration) async -> DrainResult {
    register.drain()
    onAllConnections { $0.drainBegan() }
    await stopListening()
    register.lastHasEntered()
    if await !register.settled.wait(atMost: drain) {
      register.giveUp()
      onAllConnections { $0.drainEnded() }
      if await !register.settled.wait(atMost: Self.grace) {
        onAllConnections { $0.cut() }
        _ = await register.settled.wait(atMost: Self.grace)
        // Whoever stops the server at the same time and has more patience waits no longer either.
        register.settled.open()
      }
    }
    // A responder that never returns may still call into its event loop, so only idle loops are shut down.
    if register.isEmpty { try? await group.shutdownGracefully() }
    ended.open()
    return register.result
  }

  private func stopListening() async {
    let listening: [Listening]? = phase.withLock { phase in
      defer { phase = .stopped }
      return switch phase {
      case .new: []
      case .listening(let listening): listening
      case .stopped: nil
      }
    }
    // Whoever stops a server that is being stopped does not get ahead of those who are still let in.
    guard let listening else { return await deaf.wait() }
    await close(listening)
    deaf.open()
  }

  private func onAllConnections(_ body: @escaping @Sendable (Connection) -> Void) {
    for connection in register.all {
      connection.eventLoop.execute { body(connection.value) }
    }
  }
}
