/// The life of one connection: what happened in, what to do out.
///
/// No sockets, no clock.
///
/// One exchange at a time: the parts of later requests wait in the connection until ``takesParts`` says that they
/// may come.
struct ConnectionMachine {
  enum Phase: Equatable {
    /// Between requests.
    case idle
    /// A head was admitted, its body is on the way.
    case receiving
    /// The responder's turn; `begun` once the head of its answer is out.
    case responding(begun: Bool)
    /// An answer that the responder did not write is on its way out, while the body may still be coming in.
    case refusing(bodyEnded: Bool, answered: Bool)
    /// The last answer is out and the sending half closed; what still comes in is thrown away.
    case lingering
    case closed
  }

  /// What follows when one half of an exchange has ended.
  enum Next: Equatable {
    /// The other half is still under way.
    case wait
    /// Ready for the next request.
    case serve
    /// Close the sending half and linger.
    case linger
    /// Close.
    case close
  }

  /// What a body's end asks for.
  enum BodyEnd: Equatable {
    case respond
    case next(Next)
  }

  /// What a fault asks for.
  enum Fault: Equatable {
    /// To be told to the caller.
    case answer
    /// The caller has its answer already.
    case next(Next)
  }

  /// What the end of the caller's sending half asks for.
  enum InputEnd: Equatable {
    case cancel
    case close
    case nothing
  }

  /// What a responder's return asks for.
  enum Return: Equatable {
    case nothing
    /// It left no answer; the connection writes one.
    case answer
    /// It left half an answer.
    case cut
  }

  /// What the beginning of a drain asks to be waited for, and not for long.
  enum DrainBegin: Equatable {
    /// A request that may be on its way.
    case request
    /// The rest of a body.
    case body
    /// Nothing: answers have all the time there is.
    case nothing
  }

  /// What the end of a drain asks for.
  enum DrainEnd: Equatable {
    /// To cancel the responder, and to wait for it.
    case cancel
    /// To tell the caller that its request, which is not all there, is given up.
    case refuse
    /// To end the sending half: the caller has its answer.
    case linger
    case close
    /// What is on its way out may still go out.
    case nothing
  }

  private(set) var phase = Phase.idle
  private var isReusable = true
  private var callerSends = true
  private(set) var isDraining = false

  /// Whether the next part of a message may be handled now.
  var takesParts: Bool {
    switch phase {
    case .idle, .receiving, .lingering, .closed, .refusing(bodyEnded: false, _): true
    case .responding, .refusing(bodyEnded: true, _): false
    }
  }

  /// A drain ends no connection whose last answer has promised another request: the caller may be sending it.
  private var staysOpen: Bool { isReusable && callerSends }

  private mutating func exchangeEnded() -> Next {
    guard callerSends else {
      phase = .closed
      return .close
    }
    phase = staysOpen ? .idle : .lingering
    return staysOpen ? .serve : .linger
  }
}

// MARK: - The message

extension ConnectionMachine {
  /// A head was read and admitted.
  mutating func requestAdmitted(keepsAlive: Bool) {
    phase = .receiving
    isReusable = keepsAlive
  }

  /// A head was read and refused; `keepsAlive` if its body is worth waiting for.
  mutating func requestRefused(keepsAlive: Bool) {
    phase = .refusing(bodyEnded: false, answered: false)
    isReusable = keepsAlive
  }

  /// Something is wrong with a message, or it took too long; nothing that follows can be understood.
  mutating func faulted() -> Fault {
    switch phase {
    case .idle, .receiving:
      isReusable = false
      phase = .refusing(bodyEnded: true, answered: false)
      return .answer
    case .refusing(_, answered: false):
      isReusable = false
      phase = .refusing(bodyEnded: true, answered: false)
      return .next(.wait)
    case .refusing(_, answered: true):
      isReusable = false
      return .next(exchangeEnded())
    case .responding, .lingering, .closed:
      return .next(.wait)
    }
  }

  /// The last byte of a request was read.
  mutating func bodyEnded() -> BodyEnd {
    switch phase {
    case .receiving:
      phase = .responding(begun: false)
      return .respond
    case .refusing(_, answered: true):
      return .next(exchangeEnded())
    case .refusing(_, answered: false):
      phase = .refusing(bodyEnded: true, answered: false)
      return .next(.wait)
    case .idle, .responding, .lingering, .closed:
      return .next(.wait)
    }
  }

  /// The caller has closed its sending half, or all of the connection: from here it looks the same.
  mutating func inputEnded() -> InputEnd {
    callerSends = false
    switch phase {
    case .responding: return .cancel
    case .refusing(_, answered: false): return .nothing
    case .closed: return .nothing
    case .idle, .receiving, .refusing(_, answered: true), .lingering:
      phase = .closed
      return .close
    }
  }
}

// MARK: - The answer

extension ConnectionMachine {
  /// An answer is about to begin.
  ///
  /// - Returns: whether its head may promise another request; nil if no answer is due.
  mutating func answerBegins() -> Bool? {
    switch phase {
    case .responding(begun: false): phase = .responding(begun: true)
    case .refusing(_, answered: false): break
    case .idle, .receiving, .responding(begun: true), .refusing(_, answered: true), .lingering, .closed:
      return nil
    }
    isReusable = staysOpen && !isDraining
    return isReusable
  }

  /// Whether a part of a body may be written.
  var isAnswering: Bool { phase == .responding(begun: true) }

  /// This answer is the last, whatever its head says.
  mutating func answerEndsConnection() {
    isReusable = false
  }

  /// The socket has taken the last byte of an answer.
  mutating func answerEnded() -> Next {
    switch phase {
    case .responding(begun: true), .refusing(bodyEnded: true, _):
      return exchangeEnded()
    case .refusing(bodyEnded: false, _) where staysOpen:
      phase = .refusing(bodyEnded: false, answered: true)
      return .wait
    case .refusing(bodyEnded: false, _):
      return exchangeEnded()
    case .idle, .receiving, .responding(begun: false), .lingering, .closed:
      return .wait
    }
  }

  /// The responder returned, of the exchange that is still the current one.
  mutating func responderReturned() -> Return {
    switch phase {
    case .responding(begun: true): return .cut
    case .responding(begun: false):
      guard callerSends else { return .cut }
      phase = .refusing(bodyEnded: true, answered: false)
      isReusable = false
      return .answer
    case .idle, .receiving, .refusing, .lingering, .closed: return .nothing
    }
  }
}

// MARK: - The end

extension ConnectionMachine {
  /// The next request did not come in time.
  ///
  /// The caller may be sending it at this moment, so the connection is not closed but ended, and what comes is thrown
  /// away: who finds an end where an answer should be knows that nothing was done.
  mutating func waitEnded() -> Next {
    guard phase == .idle else { return .wait }
    phase = .lingering
    return .linger
  }

  /// The server goes down; from now on every answer says that it is the last.
  mutating func drainBegan() -> DrainBegin {
    guard !isDraining else { return .nothing }
    isDraining = true
    switch phase {
    case .idle: return .request
    case .receiving, .refusing(bodyEnded: false, answered: true): return .body
    case .responding, .refusing, .lingering, .closed: return .nothing
    }
  }

  /// The drain is over.
  mutating func drainEnded() -> DrainEnd {
    isDraining = true
    // Whatever was promised: nothing that is begun now would end.
    isReusable = false
    switch phase {
    case .responding: return .cancel
    case .receiving: return .refuse
    case .refusing(_, answered: false), .lingering, .closed: return .nothing
    case .refusing(_, answered: true):
      phase = .lingering
      return .linger
    case .idle:
      phase = .closed
      return .close
    }
  }

  /// The connection is gone.
  ///
  /// - Returns: whether a responder has to be told.
  mutating func connectionClosed() -> Bool {
    defer { phase = .closed }
    if case .responding = phase { return true }
    return false
  }
}
