import NIOCore
import Platform

/// Who is connected and how much is being answered, for all event loops together.
final class ConnectionRegister: Sendable {
  /// What a new connection is told.
  enum Entry: Equatable { case welcome, refused(ListenerFault), unheard }

  private struct State {
    var connections: [ObjectIdentifier: NIOLoopBound<Connection>] = [:]
    var inFlight = 0
    var isDraining = false
    var isGivenUp = false
    var result = DrainResult()
  }

  private let limits: ListenerLimits
  private let state = Locked(State())

  /// Opens when the server drains and the last connection and the last responder are gone.
  let emptied = Latch()

  init(limits: ListenerLimits) {
    self.limits = limits
  }

  var connections: Int { state.withLock { $0.connections.count } }
  var inFlight: Int { state.withLock { $0.inFlight } }
  var result: DrainResult { state.withLock { $0.result } }

  /// Every connection there is.
  var all: [NIOLoopBound<Connection>] { state.withLock { Array($0.connections.values) } }

  func enter(_ connection: NIOLoopBound<Connection>, as identity: ObjectIdentifier) -> Entry {
    state.withLock { state in
      state.connections[identity] = connection
      if state.isDraining { return .refused(.shuttingDown) }
      let excess = state.connections.count - limits.maxConnections
      if excess <= 0 { return .welcome }
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

  /// A responder returned; `isAnswered` if it sent an answer to its end.
  func requestEnded(isAnswered: Bool) {
    change { state in
      state.inFlight -= 1
      // What was given up is counted already.
      if isAnswered, state.isDraining, !state.isGivenUp { state.result.answered += 1 }
    }
  }

  /// From now on ``emptied`` may open.
  func drain() {
    change { $0.isDraining = true }
  }

  /// Whatever is in flight now is given up.
  func giveUp() {
    state.withLock { state in
      if !state.isGivenUp { state.result.cancelled += state.inFlight }
      state.isGivenUp = true
    }
  }

  /// A request whose body had not arrived is given up.
  func gaveUpBody() {
    state.withLock { $0.result.cancelled += 1 }
  }

  private func change(_ body: (inout State) -> Void) {
    let isEmpty = state.withLock { state in
      body(&state)
      return state.isDraining && state.inFlight == 0 && state.connections.isEmpty
    }
    if isEmpty { emptied.open() }
  }
}
