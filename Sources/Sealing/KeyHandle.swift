internal import COpenSSL
import Platform

/// Owns one `EVP_PKEY` and, for tests with a fixed source of randomness, the library context it lives in.
final class KeyHandle: @unchecked Sendable {
  // @unchecked: OpenSSL lets threads share an EVP_PKEY that nobody changes; each operation has its own context.
  let pointer: OpaquePointer
  let libraryContext: OpaquePointer?

  init(_ pointer: OpaquePointer, libraryContext: OpaquePointer? = nil) {
    self.pointer = pointer
    self.libraryContext = libraryContext
  }

  deinit { EVP_PKEY_free(pointer) }

  var isRSA: Bool { EVP_PKEY_is_a(pointer, "RSA") == 1 }

  var bits: Int { Int(EVP_PKEY_get_bits(pointer)) }

  /// The modulus length in bytes, which is the length of everything the key wraps.
  var modulusByteCount: Int { Int(EVP_PKEY_get_size(pointer)) }

  /// How many primes the modulus of a private key has (RFC 8017 section 3.2); 2 for a public one, which cannot tell.
  var primes: Int {
    // The provider names the factors from 1 (provider-keymgmt, "rsa-factor1" to "rsa-factor10"). Asked without a
    // buffer it tells how long each is, so that none of them is copied.
    (3...10).last { number in
      // The parameter keeps the pointer to its name, so the name has to live as long.
      "rsa-factor\(number)".withCString { name in
        var parameters = [OSSL_PARAM_construct_BN(name, nil, 0), OSSL_PARAM_construct_end()]
        return EVP_PKEY_get_params(pointer, &parameters) == 1 && OSSL_PARAM_modified(&parameters) == 1
      }
    } ?? 2
  }

  var hasCustomaryExponent: Bool {
    var exponent: OpaquePointer?
    guard EVP_PKEY_get_bn_param(pointer, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1 else { return false }
    defer { BN_free(exponent) }
    return BN_is_word(exponent, 65537) == 1
  }

  /// A context set to RSAES-OAEP with SHA-256 for both hash and MGF1 and an empty label (PROTOCOL.md section 3).
  func withOAEPContext<Result>(
    initialise: (OpaquePointer) -> Int32, _ body: (OpaquePointer) throws(SealingError) -> Result
  ) throws(SealingError) -> Result {
    guard let context = EVP_PKEY_CTX_new_from_pkey(libraryContext, pointer, nil) else {
      throw .fromLibrary("EVP_PKEY_CTX_new_from_pkey")
    }
    defer { EVP_PKEY_CTX_free(context) }
    guard initialise(context) == 1,
      EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1,
      EVP_PKEY_CTX_set_rsa_oaep_md_name(context, "SHA256", nil) == 1,
      EVP_PKEY_CTX_set_rsa_mgf1_md_name(context, "SHA256", nil) == 1
    else { throw .fromLibrary("RSA-OAEP set-up") }
    return try body(context)
  }
}

extension SealingError {
  /// An error that names the call and empties OpenSSL's per-thread error queue, so that no later reader
  /// mistakes this failure for its own.
  static func fromLibrary(_ call: String) -> SealingError {
    ERR_clear_error()
    return .library(call)
  }
}
