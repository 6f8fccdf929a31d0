import Logging
import NIOCore

/// Refusals, time and the end.
extension Connection {
  /// Answers a head without the responder.
  ///
  /// A short body is read and thrown away and the connection kept; before a long one, or one that the caller
  /// holds back until it is asked for, the connection ends.
  func refuse(_ answer: OutboundAnswer) {
    guard let current else { return }
    let isShort =
      switch current.framing {
      case .none: true
      case .length(let length): length <= limits.discardLimit && !current.awaitsContinue
      case .chunked: false
      }
    machine.requestRefused(keepsAlive: current.keepsAlive && isShort)
    if current.framing != .none { watchBody() }
    sendWhole(answer, nil)
  }

  /// Answers a fault, unless something was answered already, and ends the connection.
  func fail(_ fault: ListenerFault) {
    surroundings.logger.debug("request refused", metadata: ["fault": "\(fault)"])
    valve.discards = true
    switch machine.faulted() {
    case .answer: sendWhole(surroundings.responder.answer(toFault: fault, head: current?.head), nil)
    case .next(let next): goOn(next)
    }
  }

  /// Goes on after one half of an exchange.
  func goOn(_ next: ConnectionMachine.Next) {
    switch next {
    case .wait: break
    case .serve:
      (current, task) = (nil, nil)
      alarm?.set(.idle, in: TimeAmount(limits.idleTimeout))
      handleParts()
      readMore()
    case .linger:
      (current, task) = (nil, nil)
      parts.removeAll()
      valve.discards = true
      alarm?.set(.linger, in: TimeAmount(limits.lingerTime))
      context?.close(mode: .output, promise: nil)
      handleParts()
      readMore()
    case .close: cut()
    }
  }

  func watchBody() {
    bodyBytesAtLastLook = bodyBytes
    alarm?.set(.body, in: TimeAmount(limits.bodyTimeout))
  }

  func timeIsUp(_ purpose: Alarm.Purpose) {
    switch purpose {
    case .head where valve.count == 0, .idle, .linger: cut()
    case .head: fail(.headerTimeout)
    case .body where bodyBytes - bodyBytesAtLastLook >= limits.bodyProgress: watchBody()
    case .body: fail(.bodyTimeout)
    case .write: lookAtStalledWrite()
    }
  }

  /// The server takes no more requests.
  func drainBegan() {
    if machine.drainBegan() { cut() }
  }

  /// The drain is over.
  func drainEnded() {
    if machine.phase == .receiving { surroundings.register.gaveUpBody() }
    if machine.drainEnded() { task?.cancel() } else { cut() }
  }
}
