/// A range of a text and what to put in its place.
struct Splice {
  let range: Range<Int>
  let text: [UInt8]
}

extension [UInt8] {
  /// The bytes with all splices made, in one allocation of the right size.
  ///
  /// - Parameter splices: in the order of the text, none overlapping another.
  func spliced(_ splices: [Splice]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(splices.reduce(count) { $0 - $1.range.count + $1.text.count })
    let source = span
    var copied = 0
    for splice in splices {
      result.append(source, copied..<splice.range.lowerBound)
      result.append(contentsOf: splice.text)
      copied = splice.range.upperBound
    }
    result.append(source, copied..<count)
    return result
  }
}
