internal import COpenSSL

/// The PEM text of one key or certificate, looked at before OpenSSL sees it.
///
/// OpenSSL takes the first block it can use and ignores the rest. Here a document means one key or it is refused.
/// A document that anybody may see is kept as a value of this type; private keys are only lent to its functions.
struct KeyDocument {
  /// A 16384-bit RSA private key in PEM takes under 13 KB.
  static let byteLimit = 64 * 1024

  let bytes: [UInt8]
  let label: String

  init(_ bytes: [UInt8]) throws(KeyDocumentError) {
    label = try bytes.withUnsafeBufferPointer { text throws(KeyDocumentError) in
      try Self.label(of: UnsafeRawBufferPointer(text))
    }
    self.bytes = bytes
  }

  /// Lends the document to OpenSSL as a read-only BIO.
  func withBIO<Result>(_ body: (OpaquePointer) -> Result?) -> Result? {
    bytes.withUnsafeBytes { Self.withBIO(of: $0, body) }
  }

  /// The label of the only PEM block in `text`, such as `PUBLIC KEY`.
  static func label(of text: UnsafeRawBufferPointer) throws(KeyDocumentError) -> String {
    guard text.count <= byteLimit else { throw .tooLarge(limit: byteLimit) }
    var found: String?
    for line in text.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
      guard let label = label(ofLine: line) else { continue }
      guard found == nil else { throw .severalBlocks }
      found = label
    }
    guard let found else { throw .noKey(expected: "PEM") }
    return found
  }

  /// Lends `text` to OpenSSL as a read-only BIO.
  static func withBIO<Result>(of text: UnsafeRawBufferPointer, _ body: (OpaquePointer) -> Result?) -> Result?
  {
    guard let bio = BIO_new_mem_buf(text.baseAddress, Int32(text.count)) else { return nil }
    defer { BIO_free(bio) }
    return body(bio)
  }

  /// What stands in `-----BEGIN …-----`, nil for any other line.
  private static func label(ofLine line: Slice<UnsafeRawBufferPointer>) -> String? {
    guard line.starts(with: "-----BEGIN ".utf8) else { return nil }
    let rest = line.dropFirst(11)
    let end = rest.indices.first { rest[$0...].starts(with: "-----".utf8) }
    return end.map { String(decoding: rest[..<$0], as: UTF8.self) }
  }
}
