import Foundation
import Platform
import Testing

@testable import Sealing

@Suite struct MultiPrimeTests {
  @Test(arguments: [(1024, 2), (1024, 3), (2048, 3), (4096, 4)])
  func `a pair has as many primes as asked for, and opens what its public half wrapped`(
    bits: Int, primes: Int
  ) throws {
    let pair = try RSAPrivateKey.generate(bits: bits, primes: primes)
    #expect(pair.primes == primes)
    #expect(pair.bits == bits)
    let key = try ContentKey.random()
    let opened = try pair.unwrap(try pair.publicKey.wrap(key))
    #expect(opened.withBytes { [UInt8]($0) } == key.withBytes { [UInt8]($0) })
  }

  @Test(arguments: [(2048, 1), (2048, 0), (2048, -1), (2048, 4), (512, 3)])
  func `a number of primes that the length does not allow is refused`(bits: Int, primes: Int) {
    #expect(throws: SealingError.library("EVP_PKEY_generate")) {
      _ = try RSAPrivateKey.generate(bits: bits, primes: primes)
    }
  }

  @Test func `the public half shows nothing of the number of primes`() throws {
    let two = try RSAPrivateKey.generate(bits: 2048)
    let three = try RSAPrivateKey.generate(bits: 2048, primes: 3)
    #expect(two.publicKey.pem.count == three.publicKey.pem.count)
    // The document is an ordinary one: modulus and exponent.
    let read = try RSAPublicKey(document: Array(three.publicKey.pem.utf8), minimumBits: 2048)
    #expect(throws: Never.self) { try read.validate() }
    let wrapped = try read.wrap(.random())
    #expect(throws: Never.self) { _ = try three.unwrap(wrapped) }
    #expect(throws: SealingError.unwrapFailed) { _ = try two.unwrap(wrapped) }
  }
}
