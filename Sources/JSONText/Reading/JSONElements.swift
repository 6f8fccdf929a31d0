/// The elements of an array, found one by one.
public struct JSONElements: Sequence, Sendable {
  let array: JSONValue

  /// The elements from the first on.
  public func makeIterator() -> Iterator { Iterator(array: array) }

  /// The elements one after the other.
  public struct Iterator: IteratorProtocol, Sendable {
    private let array: JSONValue
    /// Where the next element or the closing bracket is.
    private var index: Int

    fileprivate init(array: JSONValue) {
      self.array = array
      let bytes = array.storage.bytes
      index = bytes.span.skippingWhiteSpace(from: array.range.lowerBound + 1)
    }

    /// The next element.
    public mutating func next() -> JSONValue? {
      let bytes = array.storage.bytes
      let text = bytes.span
      guard text[index] != ASCII.rightBracket else { return nil }
      let start = index
      let end = text.endOfValidValue(from: start)
      index = text.startOfNextChild(after: end)
      return JSONValue(storage: array.storage, range: start..<end)
    }
  }
}
