import NIOCore
import NIOSSL

/// What the server shows to callers over TLS: a chain of certificates and the private key of the first.
///
/// A value of this type can be served: the texts were read, and key and certificate belong together.
public struct TLSIdentity: Sendable {
  let context: NIOSSLContext
  private let leaf: NIOSSLCertificate

  /// The longest SubjectPublicKeyInfo of a server's own certificate, in bytes: RSA of 4096 bits takes 550.
  ///
  /// Handshakes run where all callers are served, and the private operation takes eight times as long for twice the bits.
  static let largestPublicKey = 600

  /// From when the certificate is valid, in seconds since 1970.
  public let notBefore: Int
  /// Until when the certificate is valid, in seconds since 1970.
  public let notAfter: Int

  /// Reads a chain in PEM, the server's own certificate first, and the key of that certificate in PEM.
  ///
  /// Whether callers will trust the chain is not judged; see ``warning(at:)`` for its time.
  public init(chain: [UInt8], key: [UInt8]) throws(TLSIdentityFault) {
    let certificates = try Self.certificates(chain)
    guard let leaf = certificates.first else { throw .noCertificate }
    let privateKey = try Self.privateKey(key)
    self.leaf = leaf
    (notBefore, notAfter) = (Int(leaf.notValidBefore), Int(leaf.notValidAfter))
    do {
      context = try NIOSSLContext(configuration: Self.configuration(certificates, privateKey))
    } catch NIOSSLError.failedToLoadPrivateKey {
      throw .mismatch
    } catch {
      throw .unusableCertificate
    }
    // Not before: the library traps at a key that it cannot read, and that it can is known only now.
    guard let publicKey = try? leaf.extractPublicKey().toSPKIBytes() else { throw .unusableCertificate }
    guard publicKey.count <= Self.largestPublicKey else { throw .longKey }
  }

  /// Whether both show the same certificate.
  public func hasSameCertificate(as other: TLSIdentity) -> Bool { leaf == other.leaf }

  /// What is wrong with the certificate's time at `now`, in seconds since 1970; nil when nothing is.
  public func warning(at now: Int) -> String? {
    if now > notAfter { return "the certificate expired on \(DateLine.format(notAfter)): callers refuse it" }
    if now < notBefore {
      return "the certificate is not valid before \(DateLine.format(notBefore)): callers refuse it"
    }
    return nil
  }

  /// Until when the certificate is valid, as text.
  public var expiry: String { DateLine.format(notAfter) }
}

// MARK: - Reading

extension TLSIdentity {
  /// TLS 1.2 with forward secrecy and authenticated encryption, and TLS 1.3; HTTP/1.1 and nothing else.
  private static func configuration(
    _ chain: [NIOSSLCertificate], _ key: NIOSSLPrivateKey
  ) -> TLSConfiguration {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    configuration.minimumTLSVersion = .tlsv12
    configuration.cipherSuites = "ECDH+AESGCM:ECDH+CHACHA20:!aNULL:!eNULL"
    configuration.signingSignatureAlgorithms = [
      .ecdsaSecp256R1Sha256, .ed25519, .rsaPssRsaeSha256, .rsaPkcs1Sha256, .ecdsaSecp384R1Sha384,
      .rsaPssRsaeSha384, .rsaPkcs1Sha384, .rsaPssRsaeSha512, .rsaPkcs1Sha512,
    ]
    configuration.applicationProtocols = ["http/1.1"]
    return configuration
  }

  private static func certificates(_ text: [UInt8]) throws(TLSIdentityFault) -> [NIOSSLCertificate] {
    guard contains(text, "-----BEGIN CERTIFICATE-----") else { throw .noCertificate }
    do { return try NIOSSLCertificate.fromPEMBytes(text) } catch { throw .unusableCertificate }
  }

  private static func privateKey(_ text: [UInt8]) throws(TLSIdentityFault) -> NIOSSLPrivateKey {
    guard contains(text, "PRIVATE KEY-----") else { throw .noKey }
    // Both forms: "ENCRYPTED PRIVATE KEY" of PKCS #8, and "Proc-Type: 4,ENCRYPTED" of before.
    guard !contains(text, "ENCRYPTED") else { throw .encryptedKey }
    do { return try NIOSSLPrivateKey(bytes: text, format: .pem) } catch { throw .unusableKey }
  }

  private static func contains(_ text: [UInt8], _ word: StaticString) -> Bool {
    word.withUTF8Buffer { word in
      guard let first = word.first else { return true }
      var rest = text[...]
      while let start = rest.firstIndex(of: first) {
        rest = rest[start...]
        if rest.starts(with: word) { return true }
        rest = rest.dropFirst()
      }
      return false
    }
  }
}
