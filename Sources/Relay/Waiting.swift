/// When something has to be done for a caller while its answer is awaited.
struct WaitSchedule: Sendable, Equatable {
  /// Until the first time.
  let first: Duration
  /// From each time to the next.
  let interval: Duration
}

/// Runs `work` and calls `onTick` by the schedule until it ends.
///
/// The work is cancelled when the caller's task is, and when `onTick` throws.
func waiting<Outcome: Sendable, Failure: Error>(
  for work: @escaping @Sendable () async -> Outcome, schedule: WaitSchedule,
  clock: any Clock<Duration>, onTick: () async throws(Failure) -> Void
) async throws(Failure) -> Outcome {
  let result: Result<Outcome, Failure> = await withTaskGroup(of: WaitSignal<Outcome>.self) { group in
    group.addTask { .finished(await work()) }
    func scheduleTick(after wait: Duration) {
      group.addTask {
        try? await clock.sleep(for: wait)
        return .tick
      }
    }
    scheduleTick(after: schedule.first)
    while let signal = await group.next() {
      switch signal {
      case .finished(let outcome):
        group.cancelAll()
        return .success(outcome)
      case .tick:
        // A cancelled sleep ends at once: without this check, cancelling would turn into a busy loop.
        if Task.isCancelled { continue }
        do throws(Failure) { try await onTick() } catch {
          group.cancelAll()
          return .failure(error)
        }
        scheduleTick(after: schedule.interval)
      }
    }
    preconditionFailure("the work's own signal ends the loop before the group is empty")
  }
  return try result.get()
}

/// What ends one step of waiting.
private enum WaitSignal<Outcome: Sendable>: Sendable {
  case finished(Outcome)
  case tick
}

/// Runs `work` until a moment; what is not done by then is cancelled and waited for.
func within<Value: Sendable>(
  _ deadline: ContinuousClock.Instant,
  _ work: @escaping @Sendable () async throws(ExchangeFailure) -> Value
) async throws(ExchangeFailure) -> Value {
  let result = await withTaskGroup(of: Result<Value, ExchangeFailure>?.self) { group in
    group.addTask {
      do throws(ExchangeFailure) { return .success(try await work()) } catch { return .failure(error) }
    }
    group.addTask {
      try? await SlicedClock().sleep(until: deadline)
      return nil
    }
    defer { group.cancelAll() }
    return await group.next() ?? nil
  }
  guard let result else { throw Task.isCancelled ? .cancelled : .deadlinePassed }
  return try result.get()
}
