internal import COpenSSL

/// SHA-256 (FIPS 180-4).
public enum SHA256Digest {
  /// The length of a digest in bytes.
  public static let byteCount = 32

  /// The digest of some bytes.
  public static func of(_ bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: byteCount)
    SHA256(bytes, bytes.count, &digest)
    return digest
  }
}
