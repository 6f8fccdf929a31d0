import NIOCore
import Platform

/// Who is connected and how much is being answered, for all event loops together.
final class ConnectionRegister: Sendable {
  /// What a new connection is told.
  enum Entry: Equatable {
    case welcome
    /// The server is going down, and had accepted it before: one request is answered.
    case late
    case refused(ListenerFault), unheard
  }

  private struct State {
    var connections: [ObjectIdentifier: NIOLoopBound<Connection>] = [:]
    var inFlight = 0
    var isDraining = false
    var isComplete = false
    var isGivenUp = false
    var result = DrainResult()

    var isEmpty: Bool { isComplete && inFlight == 0 && connections.isEmpty }
  }

  private let limits: ListenerLimits
  private let state = Locked(State())

  /// Opens when the server drains and the last connection and the last responder are gone, or nobody waits for them any
  /// more.
  let settled = Latch()

  init(limits: ListenerLimits) {
    self.limits = limits
  }

  var connections: Int { state.withLock { $0.connections.count } }
  var inFlight: Int { state.withLock { $0.inFlight } }
  var result: DrainResult { state.withLock { $0.result } }

  /// Whether the last connection and the last responder are gone.
  var isEmpty: Bool { state.withLock { $0.isEmpty } }

  /// Every connection there is.
  var all: [NIOLoopBound<Connection>] { state.withLock { Array($0.connections.values) } }

  /// The connection of this identity, nil if it is gone.
  func connection(_ identity: ObjectIdentifier) -> NIOLoopBound<Connection>? {
    state.withLock { $0.connections[identity] }
  }

  func enter(_ connection: NIOLoopBound<Connection>, as identity: ObjectIdentifier) -> Entry {
    state.withLock { state in
      state.connections[identity] = connection
      let excess = state.connections.count - limits.maxConnections
      if state.isGivenUp { return .refused(.shuttingDown) }
      if excess <= 0 { return state.isDraining ? .late : .welcome }
      return excess <= limits.excessConnections
        ? .refused(.tooManyConnections(limit: limits.maxConnections)) : .unheard
    }
  }

  func leave(_ identity: ObjectIdentifier) {
    change { $0.connections[identity] = nil }
  }

  /// A responder was started.
  func requestBegan() {
    state.withLock { $0.inFlight += 1 }
  }

  /// A responder returned.
  func requestEnded() {
    change { $0.inFlight -= 1 }
  }

  /// The last byte of a responder's answer is out.
  func answered() {
    state.withLock { state in
      if state.isDraining { state.result.answered += 1 }
    }
  }

  /// The server goes down.
  func drain() {
    state.withLock { $0.isDraining = true }
  }

  /// Nobody else comes: from now on ``settled`` may open.
  func lastHasEntered() {
    change { $0.isComplete = true }
  }

  /// Whatever is in flight now is given up.
  func giveUp() {
    state.withLock { $0.isGivenUp = true }
  }

  /// A responder is cancelled.
  func gaveUp() {
    state.withLock { $0.result.cancelled += 1 }
  }

  /// A request that is not all there is given up.
  func gaveUpUnreceived() {
    state.withLock { $0.result.unreceived += 1 }
  }

  private func change(_ body: (inout State) -> Void) {
    let isEmpty = state.withLock { state in
      body(&state)
      return state.isEmpty
    }
    if isEmpty { settled.open() }
  }
}
