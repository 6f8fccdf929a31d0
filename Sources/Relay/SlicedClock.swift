/// The continuous clock, with long sleeps in slices.
///
/// Swift's runtime on Linux holds on to the timer of a sleep that was cancelled until its time has come. Each exchange lays
/// itself down for minutes and is woken within moments, so at hundreds a second whole sleeps would be tens of MiB.
public struct SlicedClock: Clock {
  /// A moment of the continuous clock.
  public typealias Instant = ContinuousClock.Instant

  /// What is left behind by an exchange is gone after so long.
  static let slice = Duration.seconds(2)

  private let clock = ContinuousClock()

  /// The one clock of this kind.
  public init() {}

  /// Now.
  public var now: Instant { clock.now }
  /// That of the continuous clock.
  public var minimumResolution: Duration { clock.minimumResolution }

  /// Sleeps in slices.
  public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
    while now.advanced(by: Self.slice) < deadline {
      try await clock.sleep(until: now.advanced(by: Self.slice), tolerance: tolerance)
    }
    try await clock.sleep(until: deadline, tolerance: tolerance)
  }
}
