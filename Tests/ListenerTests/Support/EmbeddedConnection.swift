import HTTPTypes
import NIOCore
import NIOEmbedded
import Platform
import Testing

@testable import Listener

/// A connection without a socket, in an event loop whose clock and whose writes are the test's to move.
///
/// For requests that are refused or never whole: a responder runs in a task, and this event loop has one thread.
final class EmbeddedConnection {
  let channel: EmbeddedChannel
  let register: ConnectionRegister
  let room: SharedRoom
  private let socket = StandInSocket()

  /// A new connection of a caller that has said nothing yet; with `isLate`, the server has stopped to listen, with `other`,
  /// the server is that connection's.
  init(
    _ responder: StubResponder = .refusing, limits: ListenerLimits = ListenerLimits(), isLate: Bool = false,
    beside other: EmbeddedConnection? = nil
  ) throws {
    let loop = EmbeddedEventLoop()
    channel = EmbeddedChannel(loop: loop)
    register = other?.register ?? ConnectionRegister(limits: limits)
    room =
      other?.room
      ?? SharedRoom(BodyRoom(capacity: limits.bodyRoom, patience: TimeAmount(limits.bodyPatience)))
    if isLate { register.drain() }
    let surroundings = ConnectionSurroundings(
      responder: responder, limits: limits, register: register, room: room,
      dateLine: DateLine(), logger: .silent)
    try channel.pipeline.syncOperations.addHandler(socket)
    try HTTPServer.prepare(channel, peer: .tcp(address: "127.0.0.1", port: 1), surroundings)
    try channel.setOption(.allowRemoteHalfClosure, value: true).wait()
    channel.connect(to: try SocketAddress(unixDomainSocketPath: "/caller"), promise: nil)
  }

  deinit {
    // An open channel and its handlers hold each other.
    _ = try? channel.finish(acceptAlreadyClosed: true)
  }

  var isOpen: Bool { channel.isActive }

  /// Whether the server has closed its sending half, at least.
  var hasEnded: Bool { !isOpen || socket.hasEnded }

  /// Bytes come in.
  func receive(_ bytes: some Sequence<UInt8>) {
    // What the channel would throw is what went through its pipeline unhandled.
    do { try channel.writeInbound(ByteBuffer(bytes: bytes)) } catch { Issue.record("\(error)") }
  }

  /// Text comes in.
  func receive(_ text: String) {
    receive(text.utf8)
  }

  /// The caller's sending half ends.
  func receiveEnd() {
    channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
  }

  /// The server goes down.
  func drainBegins() {
    register.all.forEach { $0.value.drainBegan() }
  }

  /// The time of the drain is over.
  func drainEnds() {
    register.all.forEach { $0.value.drainEnded() }
  }

  /// What others asked of this connection's event loop is done.
  func turn() {
    channel.embeddedEventLoop.run()
  }

  /// The caller is gone.
  func leave() {
    channel.close(promise: nil)
  }

  /// Time passes.
  func wait(_ duration: Duration) {
    channel.embeddedEventLoop.advanceTime(by: TimeAmount(duration))
  }

  /// The bytes that went out since the last call.
  func sent() -> [UInt8] {
    var bytes: [UInt8] = []
    while let buffer = try? channel.readOutbound(as: ByteBuffer.self) {
      bytes += Array(buffer.readableBytesView)
    }
    return bytes
  }

  /// The answers that went out since the last call.
  func answers() throws -> [WireAnswer] {
    var reader = WireReader(sent())
    var answers: [WireAnswer] = []
    while let answer = try reader.answer(toHead: false, isEnd: true) { answers.append(answer) }
    return answers
  }

  /// From here the caller does not read: of each write, one byte is taken by the socket's buffer.
  func stopReading() {
    socket.isHeld = true
  }

  /// The caller takes what is in the socket's buffer.
  func readSome() {
    socket.takeSome()
  }

  /// The caller takes everything, and reads again.
  func readAll() {
    socket.takeAll()
  }
}

extension StubResponder {
  /// Refuses everything, always with the same bytes.
  static let refusing = StubResponder(admits: { head in
    .refuse(
      OutboundAnswer(
        status: .forbidden, fields: [.date: "today", .requestID: "r"], body: Array("no \(head.path)".utf8)))
  })
}

/// Stands where the socket is: holds writes back, and knows halves, which the embedded channel does not.
private final class StandInSocket: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  var isHeld = false
  private(set) var hasEnded = false
  private var context: ChannelHandlerContext?
  private var held: [(ByteBuffer, EventLoopPromise<Void>?)] = []

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    for (_, promise) in held { promise?.fail(ChannelError.ioOnClosedChannel) }
    held = []
    self.context = nil
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard isHeld else { return context.write(data, promise: promise) }
    var buffer = Self.unwrapOutboundIn(data)
    if let first = buffer.readSlice(length: 1) { context.write(Self.wrapOutboundOut(first), promise: nil) }
    held.append((buffer, promise))
  }

  func flush(context: ChannelHandlerContext) {
    if !isHeld { context.flush() }
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    guard mode == .output else { return context.close(mode: mode, promise: promise) }
    hasEnded = true
    promise?.succeed()
  }

  func takeSome() {
    context?.flush()
  }

  func takeAll() {
    isHeld = false
    for (buffer, promise) in held { context?.write(Self.wrapOutboundOut(buffer), promise: promise) }
    held = []
    context?.flush()
  }
}
