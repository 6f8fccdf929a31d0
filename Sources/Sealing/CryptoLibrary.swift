internal import COpenSSL

/// OpenSSL as a whole.
public enum CryptoLibrary {
  /// Sets OpenSSL up for a program whose threads may still compute when it exits.
  ///
  /// By default OpenSSL takes itself apart in an atexit(3) handler, under the feet of such threads. Call it before
  /// anything else that uses OpenSSL, libcurl included; the system takes the memory back anyway.
  public static func start() {
    OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
  }
}
