public import Sealing

/// The router's key document as the network brought it.
public struct FetchedKeyDocument: Sendable {
  /// The document of `GET /pki/public_key`.
  public var bytes: [UInt8]
  /// The key of the TLS certificate of the connection that brought it; nil for clear text.
  public var certificate: KeyFingerprint?

  /// A document with where it came from.
  public init(bytes: [UInt8], certificate: KeyFingerprint? = nil) {
    self.bytes = bytes
    self.certificate = certificate
  }
}
