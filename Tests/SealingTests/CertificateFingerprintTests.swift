import Foundation
import Sealing
import TestVectors
import Testing

@Suite struct CertificateFingerprintTests {
  /// Made with `openssl req -x509`; the pin by `openssl x509 -pubkey | openssl pkey -pubin -outform DER | sha256`.
  private let certificate = Array(
    """
    -----BEGIN CERTIFICATE-----
    MIIBdDCCARugAwIBAgIUK3sve5dbr2bxGqHB381Miqm6dZ4wCgYIKoZIzj0EAwIw
    DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjEwNzMwMDRaGA8yMTI2MTAyODA3MzAw
    NFowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABG6e
    8LNhTdB9r8PC2NBezU1B8AbYT68axpApy4PJaUjgUR9LZ8K52apyde8iFkJSEqzs
    2rdvredHk4uAakoeq9qjUzBRMB0GA1UdDgQWBBSE5ZWph0o70iiOEYpGbEgHGlsD
    3zAfBgNVHSMEGDAWgBSE5ZWph0o70iiOEYpGbEgHGlsD3zAPBgNVHRMBAf8EBTAD
    AQH/MAoGCCqGSM49BAMCA0cAMEQCIFgwfykR6mYp5Q5h3m2mi+P+BNqIYKyKotWM
    YJ4Nz+U+AiA4S7Nnj3dhxqLkTVYSLahrWY0bAts8Bz+302KbLphkYQ==
    -----END CERTIFICATE-----

    """.utf8)
  private let pin = "sha256/NWpd6F8jtr+quZPHzTF9dFppwotSUBVQWScDOWcgUzQ="

  @Test func `a certificate is known by its key`() {
    #expect(KeyFingerprint(ofCertificate: certificate)?.description == pin)
  }

  @Test func `in a chain the first certificate counts`() {
    let other = certificate.map { $0 == UInt8(ascii: "b") ? UInt8(ascii: "c") : $0 }
    #expect(KeyFingerprint(ofCertificate: certificate + certificate)?.description == pin)
    #expect(KeyFingerprint(ofCertificate: certificate + other)?.description == pin)
  }

  @Test func `what is no certificate has no fingerprint`() {
    #expect(KeyFingerprint(ofCertificate: []) == nil)
    #expect(KeyFingerprint(ofCertificate: Array("garbage".utf8)) == nil)
    #expect(KeyFingerprint(ofCertificate: TestVectors.bytes("keys/server_public_key.pem")) == nil)
    #expect(KeyFingerprint(ofCertificate: [UInt8](repeating: 0x2D, count: 2 << 20)) == nil)
  }

  @Test func `a certificate that is cut anywhere in its block has none, and nothing traps`() {
    let end = certificate.count - Array("-----END CERTIFICATE-----\n".utf8).count
    for length in 0..<end { #expect(KeyFingerprint(ofCertificate: Array(certificate[..<length])) == nil) }
    for index in certificate.indices {
      var changed = certificate
      changed[index] ^= 0x04
      _ = KeyFingerprint(ofCertificate: changed)
    }
  }

  @Test func `a digest is SHA-256`() {
    let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(SHA256Digest.of(Array("abc".utf8)).hex == known)
    #expect(SHA256Digest.of([]).count == SHA256Digest.byteCount)
  }
}
