internal import COpenSSL
public import Platform

/// Random bytes from OpenSSL, whose public and private generators share no state.
public enum RandomBytes {
  /// Fresh bytes that may become public: nonces and identifiers.
  public static func make(_ count: Int) throws(SealingError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    guard RAND_bytes(&bytes, Int32(count)) == 1 else { throw .fromLibrary("RAND_bytes") }
    return bytes
  }

  /// Fresh bytes that nobody may guess.
  public static func makeSecret(_ count: Int) throws(SealingError) -> SecretBytes {
    var bytes = SecretBytes(zeroed: count)
    let status = bytes.withMutableBytes { buffer in
      RAND_priv_bytes(buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(buffer.count))
    }
    guard status == 1 else { throw .fromLibrary("RAND_priv_bytes") }
    return bytes
  }
}
