/// Where an object's members are in the text, in sixteen bytes.
struct MemberRanges: Sendable {
  /// The longest text whose places fit.
  static let textLimit = Int(UInt32.max)

  private let nameStart, nameEnd, valueStart, valueEnd: UInt32

  /// The places of a member in a text of at most `textLimit` bytes.
  init(name: Range<Int>, value: Range<Int>) {
    nameStart = UInt32(truncatingIfNeeded: name.lowerBound)
    nameEnd = UInt32(truncatingIfNeeded: name.upperBound)
    valueStart = UInt32(truncatingIfNeeded: value.lowerBound)
    valueEnd = UInt32(truncatingIfNeeded: value.upperBound)
  }

  /// The name with its quotes.
  var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
  /// The name without its quotes.
  var nameContent: Range<Int> { Int(nameStart) + 1..<Int(nameEnd) - 1 }
  /// The value.
  var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
}

/// The members of the root object as the validator passes them, so that no one walks a large document twice.
struct RootMembers {
  /// More members than any real request has; beyond it a second walk is cheaper than the memory.
  private static let limit = 512
  private var ranges: [MemberRanges] = []
  private var isComplete = true
  private var name = 0..<0
  private var valueStart = 0

  /// All members in order, or nil when there were too many to note.
  var complete: [MemberRanges]? { isComplete ? ranges : nil }

  mutating func memberBegan(name: Range<Int>, valueStart: Int) {
    self.name = name
    self.valueStart = valueStart
  }

  mutating func valueEnded(at end: Int) {
    guard isComplete else { return }
    guard ranges.count < Self.limit else {
      isComplete = false
      ranges = []
      return
    }
    ranges.append(MemberRanges(name: name, value: valueStart..<end))
  }
}
