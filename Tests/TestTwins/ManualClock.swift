/// A clock that stands still until a test moves it.
package final class ManualClock: Clock {
  package struct Instant: InstantProtocol {
    package var sinceStart = Swift.Duration.zero

    package func advanced(by duration: Swift.Duration) -> Instant {
      Instant(sinceStart: sinceStart + duration)
    }
    package func duration(to other: Instant) -> Swift.Duration { other.sinceStart - sinceStart }
    package static func < (left: Instant, right: Instant) -> Bool { left.sinceStart < right.sinceStart }
  }

  struct State: Sendable {
    fileprivate(set) var now = Instant()
    /// Who sleeps, and until when.
    fileprivate(set) var sleepers: [Int: Instant] = [:]
    /// How long everybody wanted to sleep, in the order in which they lay down.
    fileprivate(set) var naps: [Swift.Duration] = []
    fileprivate var lastID = 0
  }

  private let state = Watched(State())

  package init() {}

  package var now: Instant { state.value.now }
  package var minimumResolution: Swift.Duration { .nanoseconds(1) }

  /// How long everybody who ever slept wanted to, in order.
  package var naps: [Swift.Duration] { state.value.naps }

  /// How many are asleep.
  package var sleeperCount: Int { state.value.sleepers.count }

  /// Returns once so many are asleep.
  package func untilAsleep(_ count: Int = 1) async {
    await state.until { $0.sleepers.count == count }
  }

  /// Returns once so many have lain down since the beginning.
  package func untilNaps(_ count: Int) async {
    await state.until { $0.naps.count >= count }
  }

  /// Returns once the latest who lay down wanted to sleep this long.
  package func untilNaps(_ latest: [Swift.Duration]) async {
    await state.until { $0.naps.suffix(latest.count).elementsEqual(latest) }
  }

  /// Lets time pass and wakes who is due; they are no longer asleep when this returns.
  package func advance(by duration: Swift.Duration) {
    state.update { state in
      let now = state.now.advanced(by: duration)
      state.now = now
      state.sleepers = state.sleepers.filter { now < $0.value }
    }
  }

  package func sleep(until deadline: Instant, tolerance: Swift.Duration?) async throws {
    let id = state.update { state in
      state.lastID += 1
      state.naps.append(state.now.duration(to: deadline))
      if state.now < deadline { state.sleepers[state.lastID] = deadline }
      return state.lastID
    }
    await state.until { $0.sleepers[id] == nil }
    state.update { _ = $0.sleepers.removeValue(forKey: id) }
    try Task.checkCancellation()
  }
}
