import HTTPTypes
import Logging
import NIOCore

/// Refusals, time and the end.
extension Connection {
  /// Whether another request may come after this one.
  func mayFollow(_ request: WireHead) -> Bool {
    request.keepsAlive && (limits.requestsPerConnection == 0 || exchange < limits.requestsPerConnection)
  }

  /// Answers a head without the responder.
  ///
  /// A short body is read and thrown away and the connection kept; before a long one, or one that the caller
  /// holds back until it is asked for, the connection ends. So it does for who has to bring a token and brings none:
  /// connections are few, and nobody else shall hold one.
  func refuse(_ answer: OutboundAnswer) {
    guard let current else { return }
    let isShort =
      switch current.framing {
      case .none: true
      case .length(let length): length <= limits.discardLimit && !current.awaitsContinue
      case .chunked: false
      }
    let isKnown = answer.status != .unauthorized
    machine.requestRefused(keepsAlive: mayFollow(current) && isShort && isKnown)
    if current.framing != .none { watchBody() }
    sendWhole(answer, nil)
  }

  /// Answers a fault, unless something was answered already, and ends the connection.
  func fail(_ fault: ListenerFault) {
    surroundings.logger.debug("request refused", metadata: ["fault": "\(fault)"])
    valve.discards = true
    if machine.phase == .receiving { dropBody() }
    switch machine.faulted() {
    case .answer: sendWhole(surroundings.responder.answer(toFault: fault, head: current?.head), nil)
    case .next(let next): goOn(next)
    }
  }

  /// Goes on after one half of an exchange.
  func goOn(_ next: ConnectionMachine.Next) {
    if next != .wait { leaveRoom() }
    switch next {
    case .wait: break
    case .serve:
      (current, task) = (nil, nil)
      waitForRequest()
      handleParts()
      readMore()
    case .linger: linger(for: limits.lingerTime)
    case .close: cut()
    }
  }

  /// Ends the sending half and throws away what still comes.
  private func linger(for time: Duration) {
    (current, task) = (nil, nil)
    parts.removeAll()
    valve.discards = true
    alarm?.set(.linger, in: TimeAmount(time))
    context?.close(mode: .output, promise: nil)
    handleParts()
    readMore()
  }

  private func waitForRequest() {
    if machine.isDraining {
      alarm?.set(.lastRequest, in: TimeAmount(limits.crossingTime))
    } else {
      alarm?.set(.idle, in: TimeAmount(limits.idleTimeout))
    }
  }

  private var now: NIODeadline { context?.eventLoop.now ?? .now() }

  func watchBody() {
    alarm?.set(.body, in: bodyClock.begin(isDraining: machine.isDraining, at: now))
  }

  private func lookAtBody() {
    switch bodyClock.look(isDraining: machine.isDraining, at: now) {
    case .wait(let time): alarm?.set(.body, in: time)
    case .stalled: fail(.bodyTimeout)
    case .late: giveUpBody()
    }
  }

  /// A request that is not all there is none that anybody has taken on: it does not hold up the end of the server.
  private func giveUpBody() {
    if machine.phase == .receiving { surroundings.register.gaveUpUnreceived() }
    fail(.shuttingDown)
  }

  func timeIsUp(_ purpose: Alarm.Purpose) {
    switch purpose {
    case .head where hasPartOfHead: fail(.headerTimeout)
    case .lastRequest where hasPartOfHead:
      // The first byte may have been read a moment ago, by a loop that was held up.
      alarm?.set(.restOfHead, in: TimeAmount(limits.crossingTime))
    case .restOfHead: fail(.shuttingDown)
    case .head, .idle, .lastRequest:
      if machine.waitEnded() == .linger { linger(for: limits.crossingTime) }
    case .linger: cut()
    case .body: lookAtBody()
    case .write: lookAtStalledWrite()
    }
  }
}

// MARK: - The drain

extension Connection {
  /// The server goes down: answers what is under way, and a request that is on its way at this moment.
  func drainBegan() {
    switch machine.drainBegan() {
    case .request: waitForRequest()
    case .body: watchBody()
    case .nothing: break
    }
  }

  /// The drain is over.
  func drainEnded() {
    // A request that nobody has begun to answer is refused in words, even if half of its head is all there is.
    if machine.phase == .idle, hasPartOfHead { return fail(.shuttingDown) }
    switch machine.drainEnded() {
    case .cancel where isGivenUp: break
    case .cancel:
      isGivenUp = true
      surroundings.register.gaveUp()
      task?.cancel()
    case .refuse: giveUpBody()
    case .linger: linger(for: limits.crossingTime)
    case .close: cut()
    case .nothing where machine.phase == .lingering:
      alarm?.set(.linger, in: TimeAmount(limits.crossingTime))
    case .nothing: break
    }
  }
}
