internal import CZstd

/// Reads Zstandard frames, one after the other, with libzstd.
///
/// The library verifies checksums where frames have them and passes over skippable frames. That a frame holds as much as
/// its header says, it verifies only when it has room for all of it at once, so that is done here.
struct ZstandardFrames: Decoder, ~Copyable {
  /// 8 MiB, which a receiver of HTTP has to take and a sender must not go beyond (RFC 9659 section 3).
  private static let windowLog: CInt = 23

  private let context: OpaquePointer
  private var input: ZSTD_inBuffer
  private let bytes: UnsafeRawBufferPointer
  private var isBetweenFrames: Bool
  /// How many bytes the frame still has to give by its header, nil when that does not say.
  private var owed: UInt64?

  private var isAtEnd: Bool { isBetweenFrames && input.pos == input.size }

  /// - Parameter input: Stays where it is for as long as this value lives.
  init(of input: UnsafeRawBufferPointer) throws(ContentCodingFault) {
    // No data at all is no frame, and would pass for the end of one.
    guard !input.isEmpty else { throw .malformed(.zstd, .truncated) }
    context = try Self.context()
    bytes = input
    isBetweenFrames = true
    self.input = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
  }

  deinit { ZSTD_freeDCtx(context) }

  private static func context() throws(ContentCodingFault) -> OpaquePointer {
    guard let context = ZSTD_createDCtx() else { throw .outOfMemory }
    let result = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, windowLog)
    precondition(ZSTD_isError(result) == 0, "the bound is one that every libzstd knows")
    return context
  }

  mutating func fill(_ room: UnsafeMutableRawBufferPointer) throws(ContentCodingFault) -> Int {
    var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
    while !isAtEnd, output.pos < output.size {
      if isBetweenFrames { try beginFrame() }
      let before = (input.pos, output.pos)
      let hint = ZSTD_decompressStream(context, &output, &input)
      guard ZSTD_isError(hint) == 0 else { throw Self.fault(hint) }
      isBetweenFrames = hint == 0
      try settle(UInt64(output.pos - before.1))
      // There is room, so it is input that is missing.
      guard isBetweenFrames || (input.pos, output.pos) != before else {
        throw .malformed(.zstd, .truncated)
      }
    }
    return output.pos
  }

  private mutating func beginFrame() throws(ContentCodingFault) {
    try lookAtMagicNumber()
    let size = ZSTD_getFrameContentSize(bytes.baseAddress.map { $0 + input.pos }, input.size - input.pos)
    // zstd.h has macros for these two, which Swift does not see: a size that is not said, and a header that is broken or
    // cut, of which the decoder says more.
    owed = size >= UInt64.max - 1 ? nil : size
  }

  /// Counts what a frame gave; at its end nothing may be missing.
  private mutating func settle(_ count: UInt64) throws(ContentCodingFault) {
    guard let promised = owed else { return }
    guard count <= promised, !isBetweenFrames || count == promised else { throw .malformed(.zstd, .corrupt) }
    owed = promised - count
  }

  /// Takes frames of RFC 8878 only.
  ///
  /// Distributions build the library with its readers for the formats before 1.0, which see no use and little testing.
  private func lookAtMagicNumber() throws(ContentCodingFault) {
    let start = bytes[input.pos...].prefix(4)
    let number = start.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let isFrame = number == 0xFD2F_B528 || number & 0xFFFF_FFF0 == 0x184D_2A50
    if start.count == 4, isFrame { return }
    // Less than a magic number is taken for the beginning of one.
    if input.pos > 0 { throw .malformed(.zstd, .trailingBytes) }
    throw .malformed(.zstd, start.count < 4 ? .truncated : .corrupt)
  }

  private static func fault(_ result: Int) -> ContentCodingFault {
    switch ZSTD_getErrorCode(result) {
    case ZSTD_error_dictionary_wrong, ZSTD_error_dictionary_corrupted: .malformed(.zstd, .dictionary)
    case ZSTD_error_frameParameter_windowTooLarge: .malformed(.zstd, .window)
    case ZSTD_error_memory_allocation: .outOfMemory
    default: .malformed(.zstd, .corrupt)
    }
  }
}
