extension Clock where Duration == Swift.Duration {
  /// Begins to measure: each call tells the time that has passed by this clock.
  public func stopwatch() -> @Sendable () -> Swift.Duration {
    let start = now
    return { start.duration(to: now) }
  }
}
