public import Sealing

/// What the ring of client keys is doing, for people and for metrics.
///
/// A copy taken at one moment; it holds nothing secret.
public struct ClientKeyStatus: Sendable, Equatable {
  /// The generation that the next exchange announces.
  public struct Current: Sendable, Equatable {
    /// Counts from 1 for each process.
    public var number: Int
    /// When it began, in seconds since 1970.
    public var createdAt: Int
    /// How many times it was announced.
    public var uses: Int
    /// What the public half is known by.
    public var fingerprint: KeyFingerprint
    /// Modulus length in bits.
    public var bits: Int
    /// How many primes the modulus has.
    public var primes: Int

    /// A generation as it is now.
    public init(
      number: Int, createdAt: Int, uses: Int, fingerprint: KeyFingerprint, bits: Int, primes: Int
    ) {
      self.number = number
      self.createdAt = createdAt
      self.uses = uses
      self.fingerprint = fingerprint
      self.bits = bits
      self.primes = primes
    }
  }

  /// Nil until the first pair is made, and while every pair is used up.
  public var current: Current?
  /// When the current generation is to be replaced, in seconds since 1970; nil when only uses or demand do that.
  public var nextRotation: Int?
  /// Pairs made ahead and not announced yet.
  public var pool = 0
  /// How many pairs are made ahead (`keys.pool`).
  public var poolTarget = 0
  /// Exchanges that wait for a pair because none is left.
  public var waiting = 0
  /// Replaced generations that exchanges in flight still hold.
  public var retiring = 0
  /// How many generations there have been.
  public var generations = 0
  /// How many times a generation took the place of another.
  public var rotations = 0
  /// Why the last attempt to make or to store a pair failed; nil after one that did not.
  public var lastFailure: String?

  /// A ring in which nothing has happened.
  public init() {}
}
