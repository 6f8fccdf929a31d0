/// Cuts the raw content of a JSON string into pieces of some user-visible characters, without decoding it.
///
/// No cut falls inside an escape sequence, a surrogate pair written as two escapes, or a grapheme cluster. Lone
/// surrogate escapes stay as written, no piece is empty, and the pieces joined are the content byte for byte.
public struct JSONStringPieces: Sequence, Sendable {
  private let content: ArraySlice<UInt8>
  private let characters: Int

  /// Pieces of `characters` characters each (at least one), the last as many as are left.
  ///
  /// - Parameter content: what stands between the quotes, as `JSONValue.stringContent` gives it. Malformed
  ///   content is safe: its bad bytes count as characters of their own.
  public init(_ content: ArraySlice<UInt8>, characters: Int) {
    self.content = content
    self.characters = Swift.max(1, characters)
  }

  /// The pieces from the first on.
  public func makeIterator() -> Iterator { Iterator(content: content, characters: characters) }

  /// The pieces one after the other.
  public struct Iterator: IteratorProtocol, Sendable {
    private let content: ArraySlice<UInt8>
    private let characters: Int
    private var position: Int
    private var boundaries = CharacterBoundaries()

    fileprivate init(content: ArraySlice<UInt8>, characters: Int) {
      self.content = content
      self.characters = characters
      position = content.startIndex
    }

    /// The next piece, a slice of the content.
    public mutating func next() -> ArraySlice<UInt8>? {
      guard position < content.endIndex else { return nil }
      let content = content
      let text = content.span
      let start = position
      var begun = 0
      while position < content.endIndex {
        let plain = boundaries.plainCharacters(
          in: text, from: position - content.startIndex, atMost: characters - begun)
        begun += plain
        position += plain
        guard position < content.endIndex else { break }
        let unit = text.contentUnit(at: position - content.startIndex)
        // Looked at ahead: the unit that ends this piece is met again as the next one's first.
        var ahead = boundaries
        if ahead.isBreak(before: unit.scalar ?? "\u{FFFD}") {
          if begun == characters { break }
          begun += 1
        }
        boundaries = ahead
        position += unit.length
      }
      return content[start..<position]
    }
  }
}
