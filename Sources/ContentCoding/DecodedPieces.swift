/// Gives decoded bytes, as many as there is room for.
protocol Decoder: ~Copyable {
  /// Writes the next bytes.
  ///
  /// - Returns: how many; fewer than there is room for only when the data has come to a good end.
  mutating func fill(_ room: UnsafeMutableRawBufferPointer) throws(ContentCodingFault) -> Int
}

/// Decoded bytes, collected without knowing how many will come.
///
/// A decoder writes straight into the pieces, and each byte is moved once more, when they are joined.
struct DecodedPieces {
  /// Large enough that the pieces are few, small enough that one more of them does not matter.
  static let pieceByteCount = 256 * 1024
  private static let smallestByteCount = 4 * 1024

  private let limit: Int
  /// What the fault says: the caller's limit is not that of a step in between.
  private let total: Int
  private let firstByteCount: Int
  private var pieces: [[UInt8]] = []
  private var count = 0

  /// - Parameters:
  ///   - limit: One byte more than so many is a fault.
  ///   - total: The limit that the fault names.
  ///   - encoded: How many bytes are to be decoded; texts shrink to a quarter or so.
  init(limit: Int, total: Int, expecting encoded: Int) {
    self.limit = limit
    self.total = total
    firstByteCount = max(Self.smallestByteCount, min(encoded, Self.pieceByteCount / 4) * 4)
  }

  /// Takes all that a decoder gives.
  mutating func collect(from decoder: consuming some Decoder & ~Copyable) throws(ContentCodingFault) {
    while true {
      // One more than may come: whether there is more is known only when there is.
      let capacity = min(pieces.isEmpty ? firstByteCount : Self.pieceByteCount, limit - count + 1)
      var fault: ContentCodingFault?
      let piece = [UInt8](unsafeUninitializedCapacity: capacity) { room, written in
        // The buffer may be larger than asked for, and is not initialized: the decoder only writes.
        let room = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: room[..<capacity]))
        do throws(ContentCodingFault) { written = try decoder.fill(room) } catch { fault = error }
      }
      if let fault { throw fault }
      count += piece.count
      guard count <= limit else { throw .tooLarge(limit: total) }
      pieces.append(piece)
      if piece.count < capacity { return }
    }
  }

  /// All of them as one.
  consuming func joined() -> [UInt8] {
    if pieces.count == 1 { return pieces[0] }
    var whole: [UInt8] = []
    whole.reserveCapacity(count)
    // Each piece goes when it is copied, so that both copies never stand in memory together.
    pieces.reverse()
    while let piece = pieces.popLast() { whole += piece }
    return whole
  }
}
