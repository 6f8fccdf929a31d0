import Foundation
import Platform
import Sealing
import TestVectors
import Testing

@testable import RouterTrust

/// Documents that are no key to seal for: each is refused with its own reason, whatever is trusted.
@Suite struct KeyRefusalTests {
  private static let documents: [(String, [UInt8], KeyDocumentError)] = [
    ("1024 bits", vector("rsa1024_public_key.pem"), .tooShort(bits: 1024, minimum: 2048)),
    ("an elliptic curve", vector("ec_public_key.pem"), .notRSA),
    ("two keys", vector("server_public_key.two_keys.pem"), .severalBlocks),
    ("a private key", vector("server_public_key.private_instead.pem"), .privateKeyInstead),
    ("a private key after the public one", publicAndPrivate, .severalBlocks),
    ("a web page", vector("server_public_key.html.pem"), .noKey(expected: "PEM")),
    ("a cut key", vector("server_public_key.truncated.pem"), .unreadable),
    ("an exponent of 3", document(exponent: [3]), .exponent),
    ("an exponent of 65539", document(exponent: [1, 0, 3]), .exponent),
    ("an even modulus", document(last: 0xFE), .implausible),
    ("a modulus with small factors", document(last: 0xFF), .implausible),
    ("a modulus that is too long", document(byteCount: 1025), .tooLong(bits: 8200, limit: 8192)),
    ("nothing", [], .noKey(expected: "PEM")),
    ("a megabyte", [UInt8](repeating: 0x2D, count: 1 << 20), .tooLarge(limit: 64 << 10)),
  ]

  @Test(arguments: documents.indices)
  func `a document without one sound key is refused, and the known key stays`(index: Int) async throws {
    let (_, document, reason) = Self.documents[index]
    let router = PlainRouter(.first)
    let cache = RouterKeyCache(
      router: routerURL, policy: TrustPolicy(mode: .tls), minimumBits: 2048
    ) { try router.fetch() }
    _ = try await cache.current()
    router.answer.withLock { $0 = .success(FetchedKeyDocument(bytes: document)) }
    await #expect(throws: reason) { try await cache.refresh() }
    #expect(await cache.knownKey?.publicKey.fingerprint == TestKey.first.fingerprint)
    #expect(await cache.status.lastFailure == reason.description)
    #expect(await cache.status.refused == nil)
  }

  @Test(arguments: documents.indices)
  func `such a document is no first use`(index: Int) async throws {
    let (_, document, reason) = Self.documents[index]
    let directory = TemporaryDirectory()
    let cache = RouterKeyCache(
      router: routerURL, policy: TrustPolicy(mode: .firstUse), minimumBits: 2048, record: directory.record,
      log: directory.log
    ) { FetchedKeyDocument(bytes: document) }
    await #expect(throws: reason) { try await cache.current() }
    #expect(directory.names.isEmpty)
  }

  @Test func `the reasons differ`() {
    #expect(Set(Self.documents.map { $0.2.description }).count >= 9)
  }

  private static func vector(_ name: String) -> [UInt8] { TestVectors.bytes("keys/" + name) }

  private static var publicAndPrivate: [UInt8] {
    vector("server_public_key.pem") + vector("server_private_key.pem")
  }

  /// A key document with a modulus of `FF … last`, as nobody's key generator makes it.
  private static func document(
    byteCount: Int = 512, last: UInt8 = 0xFF, exponent: [UInt8] = [1, 0, 1]
  ) -> [UInt8] {
    func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
      [tag, 0x82, UInt8(content.count >> 8), UInt8(content.count & 0xFF)] + content
    }
    let modulus = element(0x02, [0] + [UInt8](repeating: 0xFF, count: byteCount - 1) + [last])
    let key = element(0x30, modulus + [0x02, UInt8(exponent.count)] + exponent)
    let rsa: [UInt8] = [
      0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
    ]
    let der = element(0x30, rsa + element(0x03, [0] + key))
    return Array(
      "-----BEGIN PUBLIC KEY-----\n\(Data(der).base64EncodedString())\n-----END PUBLIC KEY-----\n".utf8)
  }
}
