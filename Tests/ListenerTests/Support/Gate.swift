import Platform

/// A gate in a responder's way: the test hears who arrives and decides when they may go on.
final class Gate: Sendable {
  private struct State {
    var isOpen = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Locked(State())
  private let arrivals = Journal<Void>()

  /// Waits until the gate is open, cancelled or not.
  func wait() async {
    arrivals.note(())
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }

  /// Waits until somebody stands at the gate.
  ///
  /// Once for each of them.
  func arrival() async {
    await arrivals.next()
  }

  /// Lets everybody through, for good.
  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [] }
      return state.waiting
    }
    waiting.forEach { $0.resume() }
  }
}

/// How many are inside.
final class Count: Sendable {
  private let inside = Locked(0)

  var now: Int { inside.withLock { $0 } }

  /// Goes in; returns how many are inside then.
  @discardableResult
  func enter() -> Int {
    inside.withLock { inside in
      inside += 1
      return inside
    }
  }

  func leave() {
    inside.withLock { $0 -= 1 }
  }
}
