public import Sealing

/// A key that is trusted without being asked about again.
public struct TrustedKey: Sendable, Equatable {
  /// What it is known by.
  public let key: KeyFingerprint
  /// When it became trusted, in seconds since 1970.
  public let since: Int
  /// What made it trusted.
  public let source: TrustSource

  /// A trusted key.
  public init(key: KeyFingerprint, since: Int, source: TrustSource) {
    self.key = key
    self.since = since
    self.source = source
  }
}

/// What is remembered of one router.
public struct RememberedRouter: Sendable, Equatable {
  /// The keys to seal for; the next one may be among them before it is in use.
  public var trusted: [TrustedKey] = []
  /// The key that the router showed last, trusted or not, so that the log has an entry for each change.
  public var seen: KeyFingerprint?

  /// A router of which nothing is remembered.
  public init() {}

  /// A person says that this is the router's key: from now on it alone, or beside the others.
  mutating func accept(_ key: KeyFingerprint, keepingOthers: Bool, at time: Int) {
    trusted = keepingOthers ? trusted.filter { $0.key != key } : []
    trusted.append(TrustedKey(key: key, since: time, source: .operator))
  }

  /// A person says that this key may come.
  ///
  /// - Returns: whether it was not trusted already.
  mutating func pin(_ key: KeyFingerprint, at time: Int) -> Bool {
    guard !trusted.contains(where: { $0.key == key }) else { return false }
    trusted.append(TrustedKey(key: key, since: time, source: .pin))
    return true
  }
}
