import NIOCore

/// A body on its way in: one buffer that grows as bytes really arrive.
///
/// A length that a caller announces is believed only as far as ``firstRoom``; after that much has come, the whole
/// is reserved at once. So a caller cannot reserve memory by talking, and an honest large body is copied once.
struct BodyCollector {
  private static let firstRoom = 64 * 1024

  private var bytes: [UInt8] = []
  private var expected = 0
  private(set) var limit = 0

  /// How many bytes have arrived.
  var count: Int { bytes.count }

  /// Starts over for a body of at most `limit` bytes, of which `expected` are announced.
  mutating func begin(limit: Int, expecting expected: Int) {
    (self.limit, self.expected) = (limit, expected)
    bytes = []
    bytes.reserveCapacity(min(expected, Self.firstRoom))
  }

  /// Takes bytes in; `false` if that would be more than the limit, and nothing is taken then.
  mutating func append(_ buffer: ByteBuffer) -> Bool {
    let total = bytes.count + buffer.readableBytes
    guard total <= limit else { return false }
    if total > bytes.capacity, expected > total { bytes.reserveCapacity(expected) }
    buffer.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
    return true
  }

  /// Hands the body over and forgets it.
  mutating func take() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }
}
