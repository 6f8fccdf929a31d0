internal import COpenSSL

/// Random bytes that may become public: nonces and identifiers.
public enum RandomBytes {
  /// Fresh bytes from OpenSSL's public random generator.
  public static func make(_ count: Int) throws(SealingError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    guard RAND_bytes(&bytes, Int32(count)) == 1 else { throw .fromLibrary("RAND_bytes") }
    return bytes
  }
}
