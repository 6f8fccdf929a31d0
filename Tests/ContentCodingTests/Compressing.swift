import CZlib
import CZstd

@testable import ContentCoding

/// Compresses with the libraries' own compressors, which share nothing with what is tested.
enum Compressing {
  static func deflated(_ bytes: [UInt8], windowBits: CInt, level: CInt = 6) -> [UInt8] {
    var stream = z_stream()
    precondition(czlib_deflate_init(&stream, level, windowBits) == Z_OK)
    defer { deflateEnd(&stream) }
    var bytes = bytes
    var room = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))) + 64)
    let count = bytes.withUnsafeMutableBufferPointer { input in
      room.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END)
        return Int(stream.total_out)
      }
    }
    return Array(room.prefix(count))
  }

  static func gzip(_ bytes: [UInt8], level: CInt = 6) -> [UInt8] {
    deflated(bytes, windowBits: 31, level: level)
  }

  static func zlib(_ bytes: [UInt8], level: CInt = 6) -> [UInt8] {
    deflated(bytes, windowBits: 15, level: level)
  }

  static func bare(_ bytes: [UInt8], level: CInt = 6) -> [UInt8] {
    deflated(bytes, windowBits: -15, level: level)
  }

  static func zstd(_ bytes: [UInt8], level: CInt = 3, windowLog: CInt? = nil, checksum: Bool = true)
    -> [UInt8]
  {
    let context = ZSTD_createCCtx()
    defer { ZSTD_freeCCtx(context) }
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, checksum ? 1 : 0)
    if let windowLog {
      ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, windowLog)
      // A frame that does not tell its size needs its window.
      ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0)
    }
    var room = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
    let count =
      windowLog == nil
      ? ZSTD_compress2(context, &room, room.count, bytes, bytes.count) : streamed(context, bytes, into: &room)
    precondition(ZSTD_isError(count) == 0)
    return Array(room.prefix(count))
  }

  /// As programs do that do not know how much will come.
  private static func streamed(_ context: OpaquePointer?, _ bytes: [UInt8], into room: inout [UInt8]) -> Int {
    bytes.withUnsafeBytes { input in
      room.withUnsafeMutableBytes { room in
        var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
        var first = ZSTD_inBuffer(src: input.baseAddress, size: input.count / 2, pos: 0)
        ZSTD_compressStream2(context, &output, &first, ZSTD_e_continue)
        var rest = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: first.pos)
        precondition(ZSTD_compressStream2(context, &output, &rest, ZSTD_e_end) == 0)
        return output.pos
      }
    }
  }

  /// A frame that holds nothing for the reader (RFC 8878 section 3.1.2).
  static func skippable(_ content: [UInt8]) -> [UInt8] {
    [0x53, 0x2A, 0x4D, 0x18] + (0..<4).map { UInt8(truncatingIfNeeded: content.count >> ($0 * 8)) } + content
  }

  static func encode(_ bytes: [UInt8], as coding: ContentCoding) -> [UInt8] {
    switch coding {
    case .gzip: gzip(bytes)
    case .deflate: zlib(bytes)
    case .zstd: zstd(bytes)
    }
  }
}

/// Bytes that compress, but not to nothing: words from a small stock, the same on each run.
func prose(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  let words = ["the ", "model ", "answers ", "a \"question\" ", "über ", "42, ", "{} ", "\n"].map {
    Array($0.utf8)
  }
  var generator = Generator(state: seed)
  var bytes: [UInt8] = []
  bytes.reserveCapacity(count + 16)
  while bytes.count < count { bytes += words[Int(generator.next() >> 61)] }
  return Array(bytes.prefix(count))
}

/// Bytes that do not compress.
func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  var generator = Generator(state: seed)
  return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next() >> 56) }
}

/// Numbers that look random and are the same on each run (Knuth's linear congruential generator).
struct Generator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 33
  }
}
