import Glibc

/// Looks for request lines of RTSP and ICE, which the decoder reads as if they were HTTP's.
///
/// It knows these protocols, takes each version of them, and does not tell which one a line named. So this looks at the bytes
/// before the decoder does, for the end of such a line. A field's value that ends the same way is taken for one; nobody
/// sends it, and a JSON text cannot have it, because a line end inside a string is written as an escape.
struct ForeignLine {
  private static let protocols = [" RTSP/", " ICE/"].map { Array($0.utf8.reversed()) }
  /// As many bytes as there may be before the line feed: ` RTSP/1.0` and a carriage return.
  private static let longest = 10

  /// The last bytes of the reads so far.
  private var tail: [UInt8] = []
  /// Whether there was one.
  private(set) var wasSeen = false

  /// Bytes come, as they are on the wire.
  mutating func look(at bytes: UnsafeRawBufferPointer) {
    guard !wasSeen, let start = bytes.baseAddress else { return }
    var from = 0
    while from < bytes.count, let found = memchr(start + from, 0x0A, bytes.count - from) {
      let lineFeed = UnsafeRawPointer(found) - start
      if isEnd(bytes, before: lineFeed) { return wasSeen = true }
      from = lineFeed + 1
    }
    // The usual end of a read, and nothing that came before a line feed counts behind it.
    tail = bytes.last == 0x0A ? [] : (tail + bytes.suffix(Self.longest)).suffix(Self.longest)
  }

  private func isEnd(_ bytes: UnsafeRawBufferPointer, before lineFeed: Int) -> Bool {
    /// The byte so many places before the line feed; this read may have begun in between.
    func byte(_ distance: Int) -> UInt8 {
      if distance <= lineFeed { return bytes[lineFeed - distance] }
      let missing = distance - lineFeed
      return missing <= tail.count ? tail[tail.count - missing] : 0
    }
    guard byte(1) == 0x0D, byte(2).isDigit, byte(3) == UInt8(ascii: "."), byte(4).isDigit else {
      return false
    }
    return Self.protocols.contains { name in
      name.indices.allSatisfy { byte(5 + $0) == name[$0] }
    }
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
}
