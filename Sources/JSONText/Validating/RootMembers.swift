/// Where an object's members are in the text.
struct MemberRanges: Sendable {
  /// The name with its quotes.
  let name: Range<Int>
  let value: Range<Int>
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
