internal import CZlib

/// Reads data in the `deflate` format, in each of its three wrappings, with zlib.
struct Inflation: Decoder, ~Copyable {
  /// What is around the data.
  enum Wrapping {
    /// RFC 1952: header, CRC-32 and length; members may follow each other.
    case gzip
    /// RFC 1950: header and Adler-32.
    case zlib
    /// RFC 1951: nothing.
    case bare

    /// The one that data has whose sender says no more than `deflate`.
    ///
    /// The low half of zlib's first byte is 8 for this method. Bare data would mean by it a stored block with a padding bit set, which no
    /// compressor writes.
    static func zlibOrBare(_ input: UnsafeRawBufferPointer) -> Wrapping {
      input.first.map { $0 & 0x0F == 8 } ?? false ? .zlib : .bare
    }

    /// How zlib.h names it at inflateInit2, with the largest window that the format has.
    var windowBits: CInt {
      switch self {
      case .gzip: 15 + 16
      case .zlib: 15
      case .bare: -15
      }
    }
  }

  /// How each member begins (RFC 1952 section 2.3.1).
  private static let gzipMark: [UInt8] = [0x1F, 0x8B]

  /// On the heap, because zlib keeps the address.
  private let stream: UnsafeMutablePointer<z_stream>
  private let wrapping: Wrapping
  /// What zlib was not given yet: it counts in 32 bits.
  private var rest: Slice<UnsafeRawBufferPointer>
  private var isAtEnd = false

  /// - Parameter input: Stays where it is for as long as this value lives.
  init(of input: UnsafeRawBufferPointer, _ wrapping: Wrapping) throws(ContentCodingFault) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    self.wrapping = wrapping
    rest = input[...]
    guard czlib_inflate_init(stream, wrapping.windowBits) == Z_OK else { throw .outOfMemory }
  }

  deinit {
    // Takes a stream whose set-up failed as well.
    inflateEnd(stream)
    stream.deallocate()
  }

  mutating func fill(_ room: UnsafeMutableRawBufferPointer) throws(ContentCodingFault) -> Int {
    var filled = 0
    while !isAtEnd, filled < room.count {
      filled += try step(into: UnsafeMutableRawBufferPointer(rebasing: room[filled...]))
    }
    return filled
  }

  /// One call of zlib's.
  private mutating func step(into room: UnsafeMutableRawBufferPointer) throws(ContentCodingFault) -> Int {
    feed()
    let capacity = Self.portion(room.count)
    stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: Bytef.self)
    stream.pointee.avail_out = capacity
    let code = inflate(stream, Z_NO_FLUSH)
    switch code {
    case Z_OK: break
    case Z_STREAM_END: try endMember()
    // No progress: there is room, so it is input that is missing.
    case Z_BUF_ERROR: throw malformed(.truncated)
    case Z_NEED_DICT: throw malformed(.dictionary)
    case Z_MEM_ERROR: throw .outOfMemory
    default: throw malformed(.corrupt)
    }
    return Int(capacity - stream.pointee.avail_out)
  }

  /// Points zlib to the next input when it has used what it had.
  private mutating func feed() {
    guard stream.pointee.avail_in == 0, let start = rest.base.baseAddress, !rest.isEmpty else { return }
    let count = Self.portion(rest.count)
    // zlib's declaration lacks a `const`; it only reads.
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: (start + rest.startIndex).assumingMemoryBound(to: Bytef.self))
    stream.pointee.avail_in = count
    rest = rest.dropFirst(Int(count))
  }

  private mutating func endMember() throws(ContentCodingFault) {
    let next = rest.base[(rest.startIndex - Int(stream.pointee.avail_in))...].prefix(2)
    guard !next.isEmpty else { return isAtEnd = true }
    guard case .gzip = wrapping, next.elementsEqual(Self.gzipMark.prefix(next.count)),
      inflateReset(stream) == Z_OK
    else { throw malformed(.trailingBytes) }
  }

  private static func portion(_ count: Int) -> UInt32 { UInt32(min(count, 1 << 30)) }

  private func malformed(_ flaw: ContentCodingFault.Flaw) -> ContentCodingFault {
    if case .gzip = wrapping { return .malformed(.gzip, flaw) }
    return .malformed(.deflate, flaw)
  }
}
