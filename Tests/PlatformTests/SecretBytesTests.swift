import Platform
import Testing

@Suite struct SecretBytesTests {
  @Test func `holds what it was given and lends it for reading and writing`() {
    var secret = SecretBytes(copying: [1, 2, 3])
    #expect(secret.count == 3)
    secret.withMutableBytes { $0[1] = 9 }
    #expect(secret.withBytes { Array($0) } == [1, 9, 3])
  }

  @Test func `begins as zeros`() {
    let secret = SecretBytes(zeroed: 64)
    #expect(secret.withBytes { $0.allSatisfy { $0 == 0 } })
  }

  @Test func `empty is allowed`() {
    let secret = SecretBytes(copying: [UInt8]())
    #expect(secret.count == 0)
  }
}
