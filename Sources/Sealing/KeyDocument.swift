internal import COpenSSL
import Platform

/// The PEM text of one key, looked at before OpenSSL sees it.
///
/// OpenSSL takes the first block it can use and ignores the rest. Here a document means one key or it is refused.
struct KeyDocument {
  /// A 16384-bit RSA private key in PEM takes under 13 KB.
  static let byteLimit = 64 * 1024

  let bytes: [UInt8]
  let label: String

  init(_ bytes: [UInt8]) throws(KeyDocumentError) {
    guard bytes.count <= Self.byteLimit else { throw .tooLarge(limit: Self.byteLimit) }
    let labels = Self.labels(in: bytes)
    guard labels.count <= 1 else { throw .severalBlocks }
    guard let label = labels.first else { throw .noKey(expected: "PEM") }
    self.bytes = bytes
    self.label = label
  }

  /// The label of every `-----BEGIN …-----` line.
  private static func labels(in bytes: [UInt8]) -> [String] {
    let text = String(decoding: bytes, as: UTF8.self)
    return text.split(whereSeparator: \.isNewline).compactMap { line in
      guard line.hasPrefix("-----BEGIN "), let end = line.dropFirst(11).range(of: "-----") else { return nil }
      return String(line[line.index(line.startIndex, offsetBy: 11)..<end.lowerBound])
    }
  }

  /// Lends the document to OpenSSL as a read-only BIO.
  func withBIO<Result>(_ body: (OpaquePointer) -> Result?) -> Result? {
    bytes.withUnsafeBytes { buffer in
      guard let bio = BIO_new_mem_buf(buffer.baseAddress, Int32(buffer.count)) else { return nil }
      defer { BIO_free(bio) }
      return body(bio)
    }
  }
}

extension Substring {
  fileprivate func range(of needle: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
      start = index(after: start)
    }
    return nil
  }
}
