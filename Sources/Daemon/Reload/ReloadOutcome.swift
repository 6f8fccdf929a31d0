/// What came of reading the configuration anew.
public struct ReloadOutcome: Sendable, Equatable {
  /// When, in seconds since 1970.
  public var at: Int
  /// The keys that changed, by name.
  public var changed: [String]
  /// What is wrong, a line each; empty when the configuration was taken over.
  public var faults: [String]

  /// Whether what was read is in force.
  public var isTaken: Bool { faults.isEmpty }

  /// An outcome of these parts.
  public init(at: Int, changed: [String] = [], faults: [String] = []) {
    self.at = at
    self.changed = changed
    self.faults = faults
  }
}
