extension RotationMachine {
  /// The uptime at which `timePassed` is due; nil when nothing waits for time.
  func nextWake(after uptime: Duration) -> Duration? {
    var next: Duration?
    // Asked after every event: no arrays.
    func consider(_ moment: Duration?) {
      if let moment, moment > uptime { next = min(next ?? moment, moment) }
    }
    consider(current?.term?.uptime)
    consider(makeBackoff.endsAt)
    consider(saveBackoff.endsAt)
    return next
  }

  /// When the current generation's time ends, in seconds since 1970.
  func nextRotation(at now: Moment) -> Int? {
    guard let term = current?.term else { return nil }
    let left = (term.uptime - now.uptime).components.seconds
    return max(now.wall, min(term.wall, now.wall + Int(left)))
  }
}
