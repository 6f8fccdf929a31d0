extension [UInt8] {
  /// Appends part of a span in one copy.
  @inline(__always)
  mutating func append(_ span: Span<UInt8>, _ range: Range<Int>) {
    guard !range.isEmpty else { return }
    // The pointer lives as long as the closure, and `append` copies from it.
    span.extracting(range).withUnsafeBufferPointer { append(contentsOf: $0) }
  }

  /// Appends fixed ASCII text.
  mutating func append(ascii text: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}

extension Collection<UInt8> {
  /// Lends the bytes in one piece, copying them first if the collection keeps them in several.
  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    withContiguousStorageIfAvailable(body) ?? Array(self).withUnsafeBufferPointer(body)
  }
}
