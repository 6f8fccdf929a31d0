internal import COpenSSL
public import Platform

extension RSAPrivateKey {
  /// Reads a document that holds exactly one RSA private key: PKCS#8, plain or protected by a password, or PKCS#1.
  ///
  /// Text and numbers of the key are wiped here as soon as they were used.
  ///
  /// - Parameters:
  ///   - document: PEM text.
  ///   - password: UTF-8 bytes as typed, nil for a plain key. A password for a key that has none is an error.
  ///   - minimumBits: Keys with fewer bits are refused.
  public init(
    document: borrowing SecretBytes, password: borrowing SecretBytes?, minimumBits: Int = 2048
  ) throws(KeyDocumentError) {
    defer { ERR_clear_error() }
    let label = try document.withBytes { text throws(KeyDocumentError) in try KeyDocument.label(of: text) }
    guard label.hasSuffix("PRIVATE KEY") else { throw .noKey(expected: "PRIVATE KEY") }
    let content = try Self.content(of: document)
    let isProtected = label == "ENCRYPTED PRIVATE KEY"
    let handle: KeyHandle?
    switch password {
    case .some(let password) where isProtected:
      handle = Self.handle(try PasswordProtection.open(content, password: password))
      // One wrong password in 256 leaves something that looks like padding.
      guard handle != nil else { throw .wrongPassword }
    case .none where isProtected: throw .wrongPassword
    default:
      guard label == "PRIVATE KEY" || label == "RSA PRIVATE KEY" else { throw .notRSA }
      handle = Self.handle(content)
      guard handle == nil || password == nil else { throw .needlessPassword }
    }
    guard let handle else { throw .unreadable }
    try self.init(checking: handle, minimumBits: minimumBits)
  }

  /// Reads a document that is no secret: a test's.
  package init(
    document: [UInt8], password: [UInt8]? = nil, minimumBits: Int = 2048
  ) throws(KeyDocumentError) {
    try self.init(
      document: SecretBytes(copying: document), password: password.map { SecretBytes(copying: $0) },
      minimumBits: minimumBits)
  }

  private init(checking handle: KeyHandle, minimumBits: Int) throws(KeyDocumentError) {
    guard handle.isRSA else { throw .notRSA }
    guard handle.bits >= minimumBits else { throw .tooShort(bits: handle.bits, minimum: minimumBits) }
    guard handle.hasCustomaryExponent else { throw .exponent }
    guard let pair = RSAPrivateKey(handle) else { throw .unreadable }
    // OpenSSL reads any numbers. A damaged key would announce a public half whose answers nobody can open.
    do { _ = try pair.unwrap(pair.publicKey.wrap(.random())) } catch { throw .inconsistent }
    self = pair
  }

  /// What the base64 of the PEM block stands for.
  private static func content(of document: borrowing SecretBytes) throws(KeyDocumentError) -> SecretBytes {
    var name: UnsafeMutablePointer<CChar>?
    var header: UnsafeMutablePointer<CChar>?
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    let status = document.withBytes { text in
      KeyDocument.withBIO(of: text) { PEM_read_bio($0, &name, &header, &bytes, &count) }
    }
    defer {
      CRYPTO_free(name, nil, 0)
      CRYPTO_free(header, nil, 0)
      CRYPTO_clear_free(bytes, count, nil, 0)
    }
    // A header is that of encryption from before PKCS#8, whose key is one round of MD5 away from the password.
    guard status == 1, let header, header.pointee == 0 else { throw .unreadable }
    return SecretBytes(copying: UnsafeBufferPointer(start: bytes, count: count))
  }

  private static func handle(_ content: borrowing SecretBytes) -> KeyHandle? {
    content.withBytes { bytes in
      var position = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
      return d2i_AutoPrivateKey(nil, &position, bytes.count).map { KeyHandle($0) }
    }
  }
}
