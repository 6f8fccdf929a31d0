import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// What all connections of a server share.
struct ConnectionSurroundings: Sendable {
  let responder: any Responder
  let limits: ListenerLimits
  let register: ConnectionRegister
  let room: SharedRoom
  let dateLine: DateLine
  let logger: Logger
}

/// One connection, on its event loop: takes requests from the decoder, gives them to the responder one at a
/// time and writes the answers.
///
/// What to do when is the ``ConnectionMachine``'s.
final class Connection: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = ByteBuffer

  enum Part {
    case message(HTTPServerRequestPart)
    case fault(ListenerFault)
  }

  let surroundings: ConnectionSurroundings
  let valve: InputValve
  private let peer: Peer
  /// Where a connection over TLS is cut; nil for one in clear text.
  let transport: TransportEnd?
  private let number = Connection.newNumber()
  private var local: BoundAddress?

  var machine = ConnectionMachine()
  var context: ChannelHandlerContext?
  var alarm: Alarm?
  /// The request that is being received or answered.
  var current: WireHead?
  /// Counts exchanges, so that a late call for an earlier one is recognised.
  private(set) var exchange = 0
  var outgoing = OutgoingState()

  var parts = CircularBuffer<Part>(initialCapacity: 4)
  private var waitingHeads = 0
  /// The caller's sending half ended behind the parts that wait.
  private var endWaits = false
  private var isHandlingParts = false
  private var boundaryThisRead = false
  /// Whether the caller has begun a head and not ended it.
  private(set) var hasPartOfHead = false
  var body = BodyCollector()
  private(set) var bodyBegan = NIODeadline.uptimeNanoseconds(0)
  /// Whether something of this connection may count among the bodies of all.
  var holdsRoom = false
  var bodyClock: BodyClock
  private var overhead = Overhead()
  var task: Task<Void, Never>?
  /// Whether the drain ended before the present answer did.
  var isGivenUp = false

  var limits: ListenerLimits { surroundings.limits }

  init(
    _ surroundings: ConnectionSurroundings, valve: InputValve, peer: Peer, transport: TransportEnd? = nil
  ) {
    (self.surroundings, self.valve, self.peer, self.transport) = (surroundings, valve, peer, transport)
    bodyClock = BodyClock(surroundings.limits)
  }

  private static let count = Atomic<UInt64>(0)

  private static func newNumber() -> UInt64 { count.add(1, ordering: .relaxed).newValue }
}

@available(*, unavailable)
extension Connection: Sendable {}

// MARK: - What NIO tells

extension Connection {
  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    alarm = Alarm(on: context.eventLoop) { [weak self] in self?.timeIsUp($0) }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    alarm?.end()
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    local = BoundAddress(ofTCP: context.channel.localAddress)
    let own = NIOLoopBound(self, eventLoop: context.eventLoop)
    switch surroundings.register.enter(own, as: ObjectIdentifier(self)) {
    case .welcome: alarm?.set(.head, in: TimeAmount(limits.headerTimeout))
    case .late: drainBegan()
    case .refused(let fault): fail(fault)
    case .unheard: context.close(promise: nil)
    }
    context.read()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let message = Self.unwrapInboundIn(data)
    if case .body(let buffer) = message {
      bodyClock.arrived(buffer.readableBytes)
    } else {
      boundaryThisRead = true
      overhead.boundary(isHead: message.isHead)
    }
    take(message.isHead && valve.speaksAnother ? .fault(.malformed) : .message(message))
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if boundaryThisRead {
      (boundaryThisRead, hasPartOfHead) = (false, false)
      overhead.settle(wire: valve.count, body: bodyClock.count)
    } else {
      // Bytes came and no message did: they are the beginning of a head.
      if machine.phase == .idle {
        hasPartOfHead = true
        if alarm?.purpose == .idle { alarm?.set(.head, in: TimeAmount(limits.headerTimeout)) }
      }
      // Twice, because the decoder's own count is without the separators.
      if overhead.exceeds(2 * limits.maxHeaderBytes, wire: valve.count, body: bodyClock.count) {
        take(.fault(overhead.isInBody ? .malformed : .headersTooLarge(limit: limits.maxHeaderBytes)))
      }
    }
    readMore()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .inputClosed? = event as? ChannelEvent else { return }
    endWaits = true
    handleParts()
  }

  func channelInactive(context: ChannelHandlerContext) {
    if machine.connectionClosed() { task?.cancel() }
    alarm?.end()
    parts.removeAll()
    leaveRoom()
    surroundings.register.leave(ObjectIdentifier(self))
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error as? HTTPParserError {
    case nil: break  // A broken socket, which NIO closes itself, or bytes after a fault.
    case .invalidEOFState: break  // The caller left in the middle of a message: `inputClosed` follows.
    case .headerOverflow: take(.fault(.headersTooLarge(limit: limits.maxHeaderBytes)))
    case .invalidVersion: take(.fault(.unsupportedVersion))
    default: take(.fault(.malformed))
    }
  }
}

// MARK: - The message

extension Connection {
  private func take(_ part: Part) {
    guard !valve.discards else { return }
    switch part {
    case .fault:
      // Nothing that follows can be understood.
      valve.discards = true
    case .message(.head):
      // Nobody pipelines this deep in good faith: the answer under way is the last.
      guard waitingHeads < limits.maxPipelined else {
        valve.discards = true
        return machine.answerEndsConnection()
      }
      waitingHeads += 1
    case .message: break
    }
    parts.append(part)
    handleParts()
  }

  /// Handles what has arrived, as far as the machine lets it come.
  ///
  /// Answers that are written at once lead back here, so the loop is entered once and runs on instead of
  /// nesting.
  func handleParts() {
    guard !isHandlingParts else { return }
    isHandlingParts = true
    while machine.takesParts, let part = parts.popFirst() { handle(part) }
    // Requests that were sent before the end are answered before it is looked at.
    if endWaits, parts.isEmpty { inputEnded() }
    isHandlingParts = false
  }

  private func inputEnded() {
    endWaits = false
    switch machine.inputEnded() {
    case .cancel: task?.cancel()
    case .close: cut()
    case .nothing: break
    }
  }

  /// Reads on, unless requests are waiting: at most one read's worth of them is ever held.
  func readMore() {
    if parts.isEmpty, machine.phase != .closed { context?.read() }
  }

  private func handle(_ part: Part) {
    switch part {
    case .message(.head(let head)): headArrived(head)
    case .message(.body(let buffer)): bodyArrived(buffer)
    case .message(.end): bodyEnded()
    case .fault(let fault): fail(fault)
    }
  }

  private func headArrived(_ message: HTTPRequestHead) {
    waitingHeads -= 1
    guard machine.phase == .idle else { return }
    let wire: WireHead
    do {
      wire = try WireHead(message, peer: peer, connection: number, local: local)
    } catch {
      return fail(error)
    }
    exchange += 1
    current = wire
    switch surroundings.responder.admit(wire.head) {
    case .refuse(let answer): refuse(answer)
    case .receive(let limit):
      if case .length(let length) = wire.framing, length > limit {
        return refuse(surroundings.responder.answer(toFault: .bodyTooLarge(limit: limit), head: wire.head))
      }
      receive(wire, limit: limit)
    }
  }

  private func receive(_ wire: WireHead, limit: Int) {
    machine.requestAdmitted(keepsAlive: mayFollow(wire))
    guard wire.framing != .none else { return body.begin(limit: 0, expecting: 0) }
    if case .length(let length) = wire.framing {
      body.begin(limit: limit, expecting: length)
    } else {
      body.begin(limit: limit, expecting: 0)
    }
    bodyBegan = context?.eventLoop.now ?? .now()
    watchBody()
    if wire.awaitsContinue { sayContinue() }
  }

  private func bodyArrived(_ buffer: ByteBuffer) {
    guard machine.phase == .receiving else { return }
    guard body.append(buffer) else { return fail(.bodyTooLarge(limit: body.limit)) }
    if !makeRoomForBody() { fail(.tooManyBodies(limit: limits.bodyRoom)) }
  }

  private func bodyEnded() {
    if machine.phase == .receiving, !keepRoom() { return fail(.tooManyBodies(limit: limits.bodyRoom)) }
    switch machine.bodyEnded() {
    case .respond: startResponder()
    case .next(let next): goOn(next)
    }
  }

  private func startResponder() {
    guard let current, let context else { return }
    alarm?.clear()
    let own = NIOLoopBound(self, eventLoop: context.eventLoop)
    let (number, responder, register) = (exchange, surroundings.responder, surroundings.register)
    let freeBytes = holdsRoom ? 0 : limits.bodyShare
    let request = InboundRequest(head: current.head, body: body.take())
    register.requestBegan()
    task = Task {
      let reply = Reply(to: ConnectionSink(connection: own, exchange: number, freeBytes: freeBytes))
      await responder.respond(to: request, through: reply)
      if reply.isComplete { return register.requestEnded() }
      own.eventLoop.execute {
        own.value.responderReturned(number)
        register.requestEnded()
      }
    }
  }

  private func responderReturned(_ number: Int) {
    guard number == exchange else { return }
    switch machine.responderReturned() {
    case .nothing: break
    case .cut: cut()
    case .answer:
      let fault = machine.isDraining ? ListenerFault.shuttingDown : .unanswered
      sendWhole(surroundings.responder.answer(toFault: fault, head: current?.head), nil)
    }
  }
}

extension HTTPServerRequestPart {
  fileprivate var isHead: Bool {
    if case .head = self { true } else { false }
  }
}
