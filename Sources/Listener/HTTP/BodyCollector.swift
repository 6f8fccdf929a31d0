import NIOCore

/// A body on its way in: one buffer that grows as bytes really arrive.
///
/// A length that a caller announces is believed only as far as ``firstRoom``, and then as far as ``growth`` times what has
/// come. So nobody reserves memory by talking, which would also have to be wiped when it is freed, and an honest large
/// body is moved a few times: a third of its bytes in all.
struct BodyCollector {
  private static let firstRoom = 64 * 1024
  private static let growth = 4

  private var bytes: [UInt8] = []
  private var expected = 0
  private(set) var limit = 0

  /// How many bytes have arrived.
  var count: Int { bytes.count }
  /// How many bytes are reserved.
  var capacity: Int { bytes.capacity }

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
    if total > bytes.capacity, expected > total {
      bytes.reserveCapacity(min(expected, total * Self.growth))
    }
    buffer.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
    return true
  }

  /// Hands the body over and forgets it.
  mutating func take() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }
}
