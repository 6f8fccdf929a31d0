public import Sealing

/// Where a pair is kept so that it outlives the process.
public protocol ClientKeyStore: Sendable {
  /// Keeps a pair in the place of the one before it.
  ///
  /// May block. It runs on the thread that makes pairs, before the pair is announced for the first time. After an
  /// error the pair before must still be there.
  func save(_ pair: RSAPrivateKey) throws
}
