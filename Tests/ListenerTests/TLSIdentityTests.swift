import Testing

@testable import Listener

@Suite struct TLSIdentityTests {
  @Test(arguments: [["EC", "-pkeyopt", "ec_paramgen_curve:P-384"], ["RSA"], ["ED25519"]])
  func `keys of the usual kinds can be served`(kind: [String]) throws {
    let pair = try TestCertificate(kind: kind)
    let identity = try TLSIdentity(chain: pair.chain, key: pair.key)
    #expect(identity.notAfter - identity.notBefore == 86_400)
    #expect(identity.warning(at: identity.notBefore) == nil && identity.warning(at: identity.notAfter) == nil)
  }

  @Test func `a key whose handshakes would hold up all callers is refused`() throws {
    let served = try TestCertificate(kind: ["RSA", "-pkeyopt", "rsa_keygen_bits:4096"])
    #expect(fault(chain: served.chain, key: served.key) == nil)
    let long = try TestCertificate(kind: ["RSA", "-pkeyopt", "rsa_keygen_bits:5120"])
    #expect(fault(chain: long.chain, key: long.key) == .longKey)
  }

  @Test func `a certificate whose time has not come or is over is warned of`() throws {
    let pair = try TestCertificate()
    let identity = try TLSIdentity(chain: pair.chain, key: pair.key)
    #expect(identity.warning(at: identity.notAfter + 1)?.contains("expired on \(identity.expiry)") == true)
    #expect(identity.warning(at: identity.notBefore - 1)?.contains("not valid before") == true)
  }

  private func fault(chain: [UInt8], key: [UInt8]) -> TLSIdentityFault? {
    do throws(TLSIdentityFault) {
      _ = try TLSIdentity(chain: chain, key: key)
      return nil
    } catch {
      return error
    }
  }

  @Test func `what cannot be served is told apart`() throws {
    let (pair, other) = (try TestCertificate(), try TestCertificate())
    #expect(fault(chain: pair.chain, key: pair.key) == nil)
    #expect(fault(chain: pair.chain, key: other.key) == .mismatch)
    #expect(fault(chain: [], key: pair.key) == .noCertificate)
    #expect(fault(chain: pair.key, key: pair.key) == .noCertificate)
    #expect(fault(chain: pair.chain, key: []) == .noKey)
    #expect(fault(chain: pair.chain, key: pair.chain) == .noKey)
    let locked = try pair.encryptedKey()
    #expect(fault(chain: pair.chain, key: locked) == .encryptedKey)
    #expect(fault(chain: Array(pair.chain.dropLast(60)), key: pair.key) == .unusableCertificate)
    let damaged = String(decoding: pair.key, as: UTF8.self).replacing("MI", with: "AA")
    #expect(fault(chain: pair.chain, key: Array(damaged.utf8)) == .unusableKey)
  }

  @Test func `no byte that is damaged makes it trap`() throws {
    let pair = try TestCertificate()
    for position in stride(from: 0, to: pair.chain.count, by: 3) {
      var chain = pair.chain
      chain[position] = chain[position] == UInt8(ascii: "A") ? UInt8(ascii: "z") : UInt8(ascii: "A")
      _ = fault(chain: chain, key: pair.key)
    }
  }

  /// The library asks for the time with a precondition, so a time that is none must not get that far.
  @Test(arguments: [
    "9913320000000Z", "000000000000Z", "990230250000Z", "99010100000-Z", "991231235959+", "0", "",
  ])
  func `a time that is none is a fault and no trap`(time: String) throws {
    let pair = try TestCertificate()
    var der = try #require(pair.der)
    // UTCTime of 13 bytes: the first is notBefore, the second notAfter.
    let places = der.indices.dropLast(15).filter { der[$0] == 0x17 && der[$0 + 1] == 13 }
    #expect(places.count == 2)
    for place in places {
      der = try #require(pair.der)
      let text = Array(time.utf8.prefix(13))
      der.replaceSubrange(place + 2..<place + 15, with: text + Array(repeating: 0x20, count: 13 - text.count))
      #expect(fault(chain: TestCertificate.pem(der), key: pair.key) == .unusableCertificate)
    }
  }
}
