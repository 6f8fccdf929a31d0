import Platform

/// Lets those who ask for the same thing at the same time share one answer.
///
/// The work belongs to nobody in particular: it goes on while anybody waits for it, and is cancelled when the last one
/// has gone.
final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private typealias Outcome = Result<Value, ExchangeFailure>

  private struct Flight {
    let number: Int
    let task: Task<Outcome, Never>
    var passengers: Int
  }

  private struct State {
    var flights: [Key: Flight] = [:]
    var lastNumber = 0
  }

  private let state = Locked(State())

  /// The result of the work for a key, begun now or joined.
  func value(
    for key: Key, _ work: @escaping @Sendable () async throws(ExchangeFailure) -> Value
  ) async throws(ExchangeFailure) -> Value {
    let flight = board(key, work)
    let gate = Gate<Outcome>()
    Task { gate.open(await flight.task.value) }
    let outcome = await withTaskCancellationHandler {
      await gate.value()
    } onCancel: {
      gate.open(.failure(.cancelled))
    }
    leave(key, flight.number)
    return try outcome.get()
  }

  /// How many wait for the answer to a question.
  func passengers(for key: Key) -> Int { state.withLock { $0.flights[key]?.passengers ?? 0 } }

  private func board(
    _ key: Key, _ work: @escaping @Sendable () async throws(ExchangeFailure) -> Value
  ) -> Flight {
    state.withLock { state in
      if var flight = state.flights[key] {
        flight.passengers += 1
        state.flights[key] = flight
        return flight
      }
      state.lastNumber += 1
      let number = state.lastNumber
      let task = Task { () -> Outcome in
        let outcome: Outcome
        do throws(ExchangeFailure) { outcome = .success(try await work()) } catch {
          outcome = .failure(error)
        }
        // Whoever asks from now on wants something newer.
        self.land(key, number)
        return outcome
      }
      let flight = Flight(number: number, task: task, passengers: 1)
      state.flights[key] = flight
      return flight
    }
  }

  private func land(_ key: Key, _ number: Int) {
    state.withLock { if $0.flights[key]?.number == number { $0.flights[key] = nil } }
  }

  private func leave(_ key: Key, _ number: Int) {
    let abandoned = state.withLock { state -> Task<Outcome, Never>? in
      guard var flight = state.flights[key], flight.number == number else { return nil }
      flight.passengers -= 1
      state.flights[key] = flight.passengers > 0 ? flight : nil
      return flight.passengers > 0 ? nil : flight.task
    }
    abandoned?.cancel()
  }
}

/// A value that comes once; the first one counts.
private final class Gate<Value: Sendable>: Sendable {
  private struct State {
    var value: Value?
    var waiter: CheckedContinuation<Value, Never>?
  }

  private let state = Locked(State())

  func open(_ value: Value) {
    let waiter = state.withLock { state -> CheckedContinuation<Value, Never>? in
      guard state.value == nil else { return nil }
      state.value = value
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(returning: value)
  }

  /// Waits for the value; called once.
  func value() async -> Value {
    await withCheckedContinuation { continuation in
      let value = state.withLock { state in
        if state.value == nil { state.waiter = continuation }
        return state.value
      }
      if let value { continuation.resume(returning: value) }
    }
  }
}
