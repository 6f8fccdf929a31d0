/// The kinds of the containers that are open, innermost last: one bit each, so depth costs no machine stack.
struct Nesting {
  /// The innermost up to 64 levels; the lowest bit is the innermost and set for an object.
  private var innermost: UInt64 = 0
  /// The levels further out, 64 to a word.
  private var outer: [UInt64] = []
  private(set) var depth = 0

  /// Whether the innermost container is an object.
  @inline(__always)
  var isInObject: Bool { innermost & 1 == 1 }

  @inline(__always)
  mutating func open(object: Bool) {
    if depth & 63 == 0, depth > 0 { outer.append(innermost) }
    innermost = innermost << 1 | (object ? 1 : 0)
    depth &+= 1
  }

  @inline(__always)
  mutating func close() {
    depth &-= 1
    innermost >>= 1
    if depth & 63 == 0, let word = outer.popLast() { innermost = word }
  }
}
