/// An envelope that must not be used.
///
/// There is one text for every cause: which check failed must not be told to a peer, who could use the answers as an
/// oracle (PROTOCOL.md section 2). The cause is for the local log.
public struct EnvelopeFault: Error, Equatable, Sendable, CustomStringConvertible {
  /// Which check failed, in the reading order of PROTOCOL.md section 2.
  public enum Cause: String, Sendable, CaseIterable {
    /// Not one JSON document in UTF-8 of bounded depth.
    case outerJSON = "outer-json"
    /// A member appears twice.
    case duplicateMember = "duplicate-keys"
    /// Not an object, or a required member is missing or of the wrong type.
    case shape
    /// `version` is not "1.0".
    case version
    /// `algorithm` is not the scheme's name.
    case algorithm
    /// `key_algorithm` or `payload_algorithm` is present and names something else.
    case algorithmHints = "algorithm-hints"
    /// A member is not canonical base64.
    case base64
    /// The nonce is not 12 bytes long.
    case nonceLength = "nonce-length"
    /// The tag is not 16 bytes long.
    case tagLength = "tag-length"
    /// The content key does not open under the recipient's private key.
    case keyUnwrap = "key-unwrap"
    /// The unwrapped content key is not 32 bytes long.
    case contentKeyLength = "aes-key-length"
    /// The ciphertext is not authentic.
    case authentication = "auth"
    /// The plaintext is not one JSON document in UTF-8.
    case innerJSON = "inner-json"
    /// The plaintext is not an object, or its `_metadata` is not one.
    case innerShape = "inner-shape"
    /// The plaintext names another request than the one it answers.
    case payloadID = "payload-id"
    /// The plaintext names another security tier than the one that was asked for.
    case securityTier = "security-tier"
    /// OpenSSL failed for reasons of its own.
    case library
  }

  /// For the local log only.
  public let cause: Cause

  /// A fault with its cause.
  public init(_ cause: Cause) { self.cause = cause }

  /// The one text for all causes.
  public var description: String { "the envelope could not be opened" }
}

/// Why a plaintext was not sealed.
public enum EnvelopeSealError: Error, Equatable, Sendable {
  /// The plaintext has more bytes than the protocol allows.
  case tooLarge(bytes: Int, limit: Int)
  /// OpenSSL failed: out of memory or no entropy.
  case library(String)
}
