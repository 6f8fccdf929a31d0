import Sealing
import TestVectors

/// Key pairs that are read or made once for all tests.
enum TestKeys {
  /// The router's, published with the test vectors.
  static let router = stored("server")
  /// The router's after it was replaced.
  static let nextRouter = stored("server2")
  /// The proxy's: small, because tests make many exchanges.
  static let client = made()
  /// The proxy's after it was renewed.
  static let nextClient = made()

  private static func stored(_ name: String) -> RSAPrivateKey {
    do { return try RSAPrivateKey(document: TestVectors.bytes("keys/\(name)_private_key.pem")) } catch {
      preconditionFailure("unreadable test key \(name): \(error)")
    }
  }

  private static func made() -> RSAPrivateKey {
    do { return try RSAPrivateKey.generate(bits: 2048) } catch {
      preconditionFailure("no key could be made: \(error)")
    }
  }
}
