internal import COpenSSL

/// OpenSSL as a whole.
public enum CryptoLibrary {
  /// The heap that OpenSSL keeps private keys in, apart from everything else.
  public struct SecureHeap: Sendable, Equatable {
    /// Its size; 0 when there is none.
    public let byteCount: Int
    /// Whether its pages can never be swapped out.
    public let isLocked: Bool
  }

  /// Sets OpenSSL up for a program whose threads may still compute when it exits.
  ///
  /// By default OpenSSL takes itself apart in an atexit(3) handler, under the feet of such threads. Call it before
  /// anything else that uses OpenSSL, libcurl included; the system takes the memory back anyway.
  ///
  /// - Parameter secureHeapBytes: How large a locked heap with guard pages to set aside for private keys, rounded up
  ///   to a power of two; 0 for none. When it is full, making and reading keys fails: OpenSSL does not fall back to
  ///   the common heap. See `secureHeapBytes(keys:bits:)`.
  /// - Returns: What was set aside; a heap that the system did not let lock is used all the same.
  @discardableResult
  public static func start(secureHeapBytes: Int = 0) -> SecureHeap {
    OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
    guard secureHeapBytes > 0 else { return SecureHeap(byteCount: 0, isLocked: false) }
    var size = 1 << 16
    while size < secureHeapBytes { size <<= 1 }
    // 1: locked; 2: set aside but not locked; 0: refused, or OpenSSL was in use before.
    let outcome = CRYPTO_secure_malloc_init(size, smallestBlock)
    return SecureHeap(byteCount: outcome == 0 ? 0 : size, isLocked: outcome == 1)
  }

  /// How much of the secure heap is in use now, in bytes; 0 without one.
  public static var secureHeapBytesInUse: Int {
    // Without a secure heap OpenSSL 3.0 would follow a null pointer here.
    CRYPTO_secure_malloc_initialized() == 1 ? CRYPTO_secure_used() : 0
  }

  /// How large a secure heap has to be for so many private keys at once.
  ///
  /// Measured with OpenSSL 3.0: a key of 4096 bits takes 2,304 bytes with two primes and 3,200 with four, so a
  /// byte for each bit is enough; half as much again is for what operations and TLS need in passing.
  public static func secureHeapBytes(keys: Int, bits: Int) -> Int { keys * bits + keys * bits / 2 }

  /// Smaller requests take as much as this; OpenSSL keeps two bits of bookkeeping for each such block.
  private static let smallestBlock = 32
}
