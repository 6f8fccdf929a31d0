/// The continuous clock, with long sleeps in slices.
///
/// Swift's runtime on Linux holds on to the timer of a sleep that was cancelled until its time has come. Each exchange lays
/// itself down for minutes and is woken within moments, so at hundreds a second whole sleeps would be tens of MiB.
struct SlicedClock: Clock {
  typealias Instant = ContinuousClock.Instant

  /// What is left behind by an exchange is gone after so long.
  static let slice = Duration.seconds(2)

  private let clock = ContinuousClock()

  var now: Instant { clock.now }
  var minimumResolution: Duration { clock.minimumResolution }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    while now.advanced(by: Self.slice) < deadline {
      try await clock.sleep(until: now.advanced(by: Self.slice), tolerance: tolerance)
    }
    try await clock.sleep(until: deadline, tolerance: tolerance)
  }
}
