/// When client keys are replaced, and how many are kept ready.
public struct RotationPolicy: Sendable, Equatable {
  /// No generation is announced for longer than this (`keys.rotate_every`, at least one second); nil: age is no reason.
  public var interval: Duration?
  /// How many times a pair is announced at most (`keys.max_uses`); 0: no limit.
  public var maxUses: Int
  /// How many pairs are made ahead (`keys.pool`).
  public var pool: Int

  /// A policy; what is below the least that makes sense is raised to it.
  public init(interval: Duration? = .seconds(3600), maxUses: Int = 0, pool: Int = 2) {
    self.interval = interval.map { max($0, .seconds(1)) }
    self.maxUses = max(0, maxUses)
    self.pool = max(0, pool)
  }
}

/// Why a generation is no longer announced.
public enum RetirementReason: String, Sendable {
  /// It came near `keys.rotate_every`.
  case age
  /// It was announced `keys.max_uses` times.
  case uses
  /// Somebody asked for a rotation.
  case demand
  /// A pair from elsewhere, or one that was already stored, took its place.
  case superseded
}
