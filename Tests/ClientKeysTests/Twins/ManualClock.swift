/// A clock that stands still until a test moves it.
final class ManualClock: Clock {
  struct Instant: InstantProtocol {
    var sinceStart = Swift.Duration.zero

    func advanced(by duration: Swift.Duration) -> Instant { Instant(sinceStart: sinceStart + duration) }
    func duration(to other: Instant) -> Swift.Duration { other.sinceStart - sinceStart }
    static func < (left: Instant, right: Instant) -> Bool { left.sinceStart < right.sinceStart }
  }

  struct State: Sendable {
    var now = Instant()
    /// Who sleeps, and until when.
    var sleepers: [Int: Instant] = [:]
    /// How long everybody wanted to sleep, in the order in which they lay down.
    var naps: [Swift.Duration] = []
    var lastID = 0
  }

  private let state = Watched(State())

  var now: Instant { state.value.now }
  var minimumResolution: Swift.Duration { .nanoseconds(1) }

  /// Returns once so many are asleep.
  func untilAsleep(_ count: Int) async {
    await state.until { $0.sleepers.count == count }
  }

  /// Returns once the latest who lay down wanted to sleep this long.
  func untilNaps(_ latest: [Swift.Duration]) async {
    await state.until { $0.naps.suffix(latest.count).elementsEqual(latest) }
  }

  /// Lets time pass and wakes who is due.
  func advance(by duration: Swift.Duration) {
    state.update { state in
      let now = state.now.advanced(by: duration)
      state.now = now
      state.sleepers = state.sleepers.filter { now < $0.value }
    }
  }

  func sleep(until deadline: Instant, tolerance: Swift.Duration?) async throws {
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
