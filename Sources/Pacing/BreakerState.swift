/// Why nothing is sent under a key for a while.
public enum BreakerCause: String, Hashable, Sendable, CaseIterable {
  /// The router has excluded the key for a while (503 after a burst, or with a long `Retry-After`).
  case coolDown = "cool_down"
  /// The router does not know the key (401).
  case unauthorized
  /// The router cannot be reached.
  case unreachable
  /// The router cannot serve (503).
  case unavailable
}

/// Whether requests are sent under a key.
public enum BreakerState: Equatable, Sendable {
  /// They are.
  case closed
  /// They are not, until this uptime; then one is let through to see whether it helps.
  case open(BreakerCause, until: Duration)
  /// One is on its way to see; the others wait for it.
  case halfOpen(BreakerCause)

  /// Why they are not; nil when they are.
  public var cause: BreakerCause? {
    switch self {
    case .closed: nil
    case .open(let cause, _), .halfOpen(let cause): cause
    }
  }
}
