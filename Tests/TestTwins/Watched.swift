import Platform

/// A value that a test can wait for: `until` returns at the change that makes its condition true.
package final class Watched<Value: Sendable>: Sendable {
  private struct Waiter: Sendable {
    let id: Int
    let holds: @Sendable (Value) -> Bool
    let continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    var value: Value
    var waiters: [Waiter] = []
    var lastID = 0
    var cancelled: Set<Int> = []
  }

  private let state: Locked<State>

  package init(_ value: Value) {
    state = Locked(State(value: value))
  }

  package var value: Value { state.withLock { $0.value } }

  /// Changes the value and wakes who waited for the change.
  @discardableResult
  package func update<Result: Sendable>(_ change: (inout Value) -> Result) -> Result {
    let (result, woken) = state.withLock { state in
      let result = change(&state.value)
      let woken = state.waiters.filter { $0.holds(state.value) }
      state.waiters.removeAll { waiter in woken.contains { $0.id == waiter.id } }
      return (result, woken)
    }
    for waiter in woken { waiter.continuation.resume() }
    return result
  }

  /// Waits until the condition holds; at once if it does.
  ///
  /// Ends early when the task is cancelled, so that a test's time limit ends the test.
  package func until(_ holds: @escaping @Sendable (Value) -> Bool) async {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if holds(state.value) || state.cancelled.remove(id) != nil { return true }
          state.waiters.append(Waiter(id: id, holds: holds, continuation: continuation))
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
          state.cancelled.insert(id)
          return nil as Waiter?
        }
        return state.waiters.remove(at: index)
      }
      waiter?.continuation.resume()
    }
  }
}
