/// How far memory is protected (`privacy.secure_memory`).
public enum SecureMemoryMode: String, Sendable, CaseIterable {
  /// As far as the system allows; what it does not allow is warned of once.
  case auto
  /// Wholly, or the program does not start.
  case required
  /// Not at all.
  case off
}

/// Which protections of memory are in force.
public struct SecureMemoryReport: Sendable, Equatable {
  /// What was asked for.
  public var mode: SecureMemoryMode
  /// Whether no page of the process can be swapped out.
  public var isLocked = false
  /// Whether the process can neither write core dumps nor be read by other processes of its user.
  public var isUndumpable = false
  /// Whether freed heap memory is overwritten.
  public var fillsFreedMemory = false
  /// The size in bytes of the locked heap that private keys live in; 0 without one.
  public var secureHeapBytes = 0
  /// What is missing and what to do about it, in sentences; nil when nothing is.
  public var remedy: String?

  /// Adds a sentence to the remedy.
  public mutating func note(_ sentence: String) {
    remedy = remedy.map { "\($0) \(sentence)" } ?? sentence
  }

  /// Nothing is in force yet.
  public init(mode: SecureMemoryMode) { self.mode = mode }
}
