import NIOCore

/// Memory for reading from a socket: a new buffer for each read, sized by the last ones.
///
/// NIO otherwise keeps the last buffer for the life of a connection: with it, up to 64 KiB for each idle caller
/// and the last prompt that was sent, after the daemon itself has forgotten it. So nothing is pooled: no size is
/// announced and every record claims growth, on which NIO does not reuse. The one buffer that it keeps all the
/// same is the first; that one has a single byte.
struct ReceiveBuffers: RecvByteBufferAllocator {
  private static let smallest = 4 * 1024
  private static let largest = 64 * 1024

  private var size = 1

  func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
    allocator.buffer(capacity: size)
  }

  func nextBufferSize() -> Int? { nil }

  mutating func record(actualReadBytes: Int) -> Bool {
    if actualReadBytes >= size {
      size = min(max(size * 2, Self.smallest), Self.largest)
    } else if actualReadBytes < size / 4 {
      size = max(size / 2, Self.smallest)
    }
    return true
  }
}
