extension JSONValue {
  /// The elements of an array, in order; nil when not an array.
  ///
  /// Finds the immediate children only, in one pass over the array's text. An array of a foreigner's may have as
  /// many elements as half its bytes; `lazyElements` costs no memory.
  public var elements: [JSONValue]? { lazyElements.map(Array.init) }

  /// The elements of an array, found one by one as they are asked for; nil when not an array.
  public var lazyElements: JSONElements? { kind == .array ? JSONElements(array: self) : nil }

  /// The members of an object; nil when not an object.
  ///
  /// Finds the immediate children only, in one pass over the object's text, or in none for the root.
  ///
  /// - Parameter limit: how many members it may have; what has more is not looked into.
  /// - Throws: `duplicateMember` when two members of this object, not of those inside it, have one name;
  ///   `tooManyMembers`.
  public func object(limit: Int = .max) throws(JSONSyntaxError) -> JSONObject? {
    guard kind == .object else { return nil }
    let noted = range == storage.rootRange ? storage.rootMembers : nil
    let ranges = noted ?? memberRanges(atMost: limit)
    guard let ranges, ranges.count <= limit else {
      throw JSONSyntaxError(.tooManyMembers(limit: limit), at: range.lowerBound)
    }
    return try JSONObject(storage: storage, range: range, members: ranges)
  }

  /// Where the members are; nil when there are more than `limit`.
  private func memberRanges(atMost limit: Int) -> [MemberRanges]? {
    var members: [MemberRanges] = []
    // An array that grows has room for twice as many, and stands beside its larger copy meanwhile: in a large object
    // the members are counted first.
    if range.count > Self.largeObject {
      let count = count(forEachMember: { _, _ in }, atMost: limit)
      guard count <= limit else { return nil }
      members.reserveCapacity(count)
    }
    let count = count(forEachMember: { members.append(MemberRanges(name: $0, value: $1)) }, atMost: limit)
    return count <= limit ? members : nil
  }

  /// Objects of up to so many bytes are walked once.
  private static let largeObject = 64 << 10

  /// Finds the members one after the other and says how many there are; gives up after the first beyond the limit.
  private func count(
    forEachMember body: (_ name: Range<Int>, _ value: Range<Int>) -> Void, atMost limit: Int
  ) -> Int {
    let bytes = storage.bytes
    let text = bytes.span
    var count = 0
    var index = text.skippingWhiteSpace(from: range.lowerBound + 1)
    while text[index] != ASCII.rightBrace, count <= limit {
      let nameEnd = text.endOfValidString(from: index)
      let colon = text.skippingWhiteSpace(from: nameEnd)
      let start = text.skippingWhiteSpace(from: colon + 1)
      let end = text.endOfValidValue(from: start)
      body(index..<nameEnd, start..<end)
      count += 1
      index = text.startOfNextChild(after: end)
    }
    return count
  }
}
