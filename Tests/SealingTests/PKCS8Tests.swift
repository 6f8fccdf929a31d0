import Foundation
import Platform
import Testing

@testable import Sealing

@Suite struct PKCS8Tests {
  private static let two = made(2048, primes: 2)
  private static let three = made(2048, primes: 3)

  private static func made(_ bits: Int, primes: Int) -> RSAPrivateKey {
    do { return try RSAPrivateKey.generate(bits: bits, primes: primes) } catch {
      preconditionFailure("no key could be made: \(error)")
    }
  }

  private static func secret(_ text: String) -> SecretBytes { SecretBytes(copying: Array(text.utf8)) }

  private static func text(_ pair: RSAPrivateKey, _ password: String?) throws -> String {
    let document = try pair.pkcs8(password: password.map { secret($0) })
    return document.withBytes { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: [
    (two, nil), (three, nil), (two, "word"), (three, "word"), (two, "pässwörd-🔑"), (two, " a b\n"),
  ])
  func `what is written reads back`(pair: RSAPrivateKey, password: String?) throws {
    let document = try pair.pkcs8(password: password.map { Self.secret($0) })
    let read = try RSAPrivateKey(document: document, password: password.map { Self.secret($0) })
    #expect(read.publicKey.fingerprint == pair.publicKey.fingerprint)
    #expect(read.primes == pair.primes)
    let wrapped = try pair.publicKey.wrap(.random())
    #expect(throws: Never.self) { _ = try read.unwrap(wrapped) }
  }

  @Test func `the text is one block of 64 columns with LF`() throws {
    for (label, password) in [("PRIVATE KEY", nil), ("ENCRYPTED PRIVATE KEY", "word")] as [(String, String?)]
    {
      let lines = try Self.text(Self.two, password).split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.first == "-----BEGIN \(label)-----")
      #expect(lines.suffix(2) == ["-----END \(label)-----", ""])
      let body = lines.dropFirst().dropLast(2)
      #expect(body.dropLast().allSatisfy { $0.count == 64 } && body.last.map { 1...64 ~= $0.count } == true)
    }
  }

  @Test(arguments: ["Word", "word ", "", "wor", "wordword"])
  func `another password opens nothing`(guess: String) throws {
    let document = try Self.two.pkcs8(password: Self.secret("word"))
    #expect(throws: KeyDocumentError.wrongPassword) {
      _ = try RSAPrivateKey(document: document, password: Self.secret(guess))
    }
    #expect(throws: KeyDocumentError.wrongPassword) {
      _ = try RSAPrivateKey(document: document, password: nil)
    }
  }

  @Test func `salt and initial vector are fresh each time`() throws {
    #expect(try Self.text(Self.two, "word") != Self.text(Self.two, "word"))
  }

  /// RFC 8018 and RFC 7914 section 7: what a reader is told about the password's work factor.
  @Test func `a password goes through scrypt with 2 to the power of 20 block mixes, and AES-256-CBC`() throws
  {
    let text = try Self.text(Self.two, "word")
    let body = text.split(separator: "\n").dropFirst().dropLast().joined()
    let der = try #require(Data(base64Encoded: body)).map { $0 }
    // scrypt: 1.3.6.1.4.1.11591.4.11, a salt of 16 bytes, N = 16384, r = 8, p = 8.
    let scrypt = try #require(der.firstRange(of: [0x06, 9, 0x2B, 6, 1, 4, 1, 0xDA, 0x47, 4, 0x0B]))
    let parameters = der[scrypt.upperBound...].prefix(30)
    #expect(parameters.prefix(4) == [0x30, 28, 0x04, 16])
    #expect(parameters.suffix(10) == [0x02, 2, 0x40, 0, 0x02, 1, 8, 0x02, 1, 8])
    // aes256-CBC: 2.16.840.1.101.3.4.1.42
    #expect(der.firstRange(of: [0x06, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0x2A]) != nil)
  }

  @Test func `a damaged key is refused, not announced`() throws {
    let text = try Self.text(Self.two, nil)
    let lines = text.split(separator: "\n").map(String.init)
    let der = [UInt8](try #require(Data(base64Encoded: lines.dropFirst().dropLast().joined())))
    // 26 bytes of PKCS#8, then the structure's own header and version: the modulus begins at 37.
    var damaged = der
    damaged[100] ^= 1
    let body = Data(damaged).base64EncodedString()
    let document = "-----BEGIN PRIVATE KEY-----\n\(body.chunked(64))\n-----END PRIVATE KEY-----\n"
    #expect(throws: KeyDocumentError.inconsistent) {
      _ = try RSAPrivateKey(document: Self.secret(document), password: nil)
    }
  }

  @Test func `no damage to a document traps`() throws {
    for password in [nil, "word"] as [String?] {
      let whole = Array(try Self.text(Self.two, password).utf8)
      for round in 0..<(password == nil ? 300 : 12) {
        var bytes = whole
        if round % 3 == 0 { bytes.removeLast(Int.random(in: 1..<bytes.count)) }
        for _ in 0..<Int.random(in: 1...4) where !bytes.isEmpty {
          bytes[Int.random(in: 0..<bytes.count)] = UInt8.random(in: 0...255)
        }
        _ = try? RSAPrivateKey(document: bytes, password: password.map { Array($0.utf8) })
      }
    }
  }

  @Test func `encryption from before PKCS8 is refused`() {
    let document = """
      -----BEGIN RSA PRIVATE KEY-----
      Proc-Type: 4,ENCRYPTED
      DEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF

      AAAAAAAAAAAAAAAAAAAAAA==
      -----END RSA PRIVATE KEY-----

      """
    #expect(throws: KeyDocumentError.unreadable) {
      _ = try RSAPrivateKey(document: Self.secret(document), password: Self.secret("word"))
    }
  }
}

extension String {
  fileprivate func chunked(_ count: Int) -> String {
    stride(from: 0, to: self.count, by: count).map { String(dropFirst($0).prefix(count)) }.joined(
      separator: "\n")
  }
}
