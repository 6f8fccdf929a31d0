import Glibc
import HTTPTypes
import NIOCore

/// The answer that is on its way out of a connection.
struct OutgoingState {
  var framing = AnswerFraming.bodiless
  /// Writes that the socket has not taken yet.
  var pending = 0
  var bufferedAtLastLook = 0
}

/// Resumed with whether the socket took the bytes.
typealias Delivery = CheckedContinuation<Bool, Never>

extension Connection {
  private var isHead: Bool { current?.head.method == .head }

  /// Tells the caller to send the body that it holds back (RFC 9110 section 10.1.1).
  func sayContinue() {
    transmit(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n"), endsAnswer: false, nil)
  }

  /// Writes a whole answer.
  func sendWhole(_ answer: OutboundAnswer, _ delivery: Delivery?) {
    guard let keepsAlive = machine.answerBegins() else { return refuse(delivery) }
    let framing = AnswerFraming(answer.status, length: answer.body.count, takesChunks: true)
    var buffer = ByteBuffer()
    buffer.reserveCapacity(512 + answer.body.count)
    writeHead(answer.status, answer.fields, framing: framing, keepsAlive: keepsAlive, to: &buffer)
    if framing != .bodiless, !isHead { buffer.writeBytes(answer.body) }
    transmit(buffer, endsAnswer: true, delivery)
    if outgoing.pending > 0 { makeRoom(forAnswerOf: answer.body.count) }
  }

  /// Writes the head of an answer whose parts follow.
  func begin(_ status: HTTPResponse.Status, _ fields: HTTPFields, _ delivery: Delivery) {
    guard var keepsAlive = machine.answerBegins() else { return refuse(delivery) }
    outgoing.framing = AnswerFraming(status, length: nil, takesChunks: current?.takesChunks ?? true)
    if outgoing.framing == .untilClose {
      machine.answerEndsConnection()
      keepsAlive = false
    }
    var buffer = ByteBuffer()
    writeHead(status, fields, framing: outgoing.framing, keepsAlive: keepsAlive, to: &buffer)
    transmit(buffer, endsAnswer: false, delivery)
  }

  /// Writes a part of a body.
  func writePart(_ bytes: [UInt8], _ delivery: Delivery) {
    guard machine.isAnswering else { return refuse(delivery) }
    var buffer = ByteBuffer()
    if !isHead {
      switch outgoing.framing {
      case .chunked: buffer.writeChunk(bytes)
      case .untilClose: buffer.writeBytes(bytes)
      case .length, .bodiless: break
      }
    }
    transmit(buffer, endsAnswer: false, delivery)
  }

  /// Writes the end of a body.
  func finish(_ delivery: Delivery) {
    guard machine.isAnswering else { return refuse(delivery) }
    var buffer = ByteBuffer()
    if outgoing.framing == .chunked, !isHead { buffer.writeLastChunk() }
    transmit(buffer, endsAnswer: true, delivery)
  }

  /// All of the answer is there, and so many bytes of it are kept until it is written.
  func keep(_ bytes: Int) {
    if machine.phase == .responding(begun: true) || machine.phase == .responding(begun: false) {
      makeRoom(forAnswerOf: bytes)
    }
  }

  /// Gives the answer up.
  func abort(_ delivery: Delivery) {
    cut()
    delivery.resume(returning: true)
  }

  /// Closes without another word.
  ///
  /// Where only the connection's end tells that a body is whole, a reset tells that it is not. Over TLS there is one more
  /// word, which says that nothing is missing; it is said unless an answer is under way.
  func cut() {
    if machine.isAnswering, outgoing.framing == .untilClose,
      let provider = context?.channel as? any SocketOptionProvider
    {
      _ = provider.setSoLinger(linger(l_onoff: 1, l_linger: 0))
    }
    guard let transport else { return context?.close(promise: nil) ?? () }
    if !machine.isAnswering { context?.close(mode: .output, promise: nil) }
    transport.cut()
  }

  private func writeHead(
    _ status: HTTPResponse.Status, _ fields: HTTPFields, framing: AnswerFraming, keepsAlive: Bool,
    to buffer: inout ByteBuffer
  ) {
    buffer.writeAnswerHead(
      status, fields, framing: framing, ending: AnswerEnding(keepsAlive: keepsAlive, limits.idleTimeout),
      id: current?.head.id, date: surroundings.dateLine.now())
  }

  /// Turns a write away that no answer is due for.
  private func refuse(_ delivery: Delivery?) {
    delivery?.resume(returning: false)
  }

  private func transmit(_ buffer: ByteBuffer, endsAnswer: Bool, _ delivery: Delivery?) {
    guard let context else { return refuse(delivery) }
    let taken = context.eventLoop.makePromise(of: Void.self)
    outgoing.pending += 1
    taken.futureResult.assumeIsolated().whenComplete { result in
      let isTaken = if case .success = result { true } else { false }
      self.wasTaken(isTaken, endsAnswer: endsAnswer)
      delivery?.resume(returning: isTaken)
    }
    context.writeAndFlush(Self.wrapOutboundOut(buffer), promise: taken)
    if outgoing.pending > 0 { watchWrite() }
  }

  private func wasTaken(_ isTaken: Bool, endsAnswer: Bool) {
    outgoing.pending -= 1
    if outgoing.pending == 0, alarm?.purpose == .write {
      alarm?.clear()
      // `100 Continue` was written: the body is waited for again.
      if machine.phase == .receiving { watchBody() }
    }
    guard isTaken, endsAnswer else { return }
    if machine.isAnswering, !isGivenUp { surroundings.register.answered() }
    let next = machine.answerEnded()
    if next == .wait { watchBody() }
    goOn(next)
  }
}

// MARK: - Readers that do not read

extension Connection {
  private var buffered: Int {
    (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
  }

  private func watchWrite() {
    outgoing.bufferedAtLastLook = buffered
    alarm?.set(.write, in: TimeAmount(limits.writeTimeout))
  }

  /// A write has waited for the whole time: goes on if the caller took enough of it, else cuts.
  func lookAtStalledWrite() {
    if outgoing.bufferedAtLastLook - buffered >= limits.writeProgress { watchWrite() } else { cut() }
  }
}
