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
  /// - Throws: `duplicateMember` when two members of this object, not of those inside it, have one name.
  public func object() throws(JSONSyntaxError) -> JSONObject? {
    guard kind == .object else { return nil }
    let ranges = range == storage.rootRange ? storage.rootMembers : nil
    return try JSONObject(storage: storage, range: range, members: ranges ?? memberRanges())
  }

  private func memberRanges() -> [MemberRanges] {
    let bytes = storage.bytes
    let text = bytes.span
    var members: [MemberRanges] = []
    var index = text.skippingWhiteSpace(from: range.lowerBound + 1)
    while text[index] != ASCII.rightBrace {
      let nameEnd = text.endOfValidString(from: index)
      let colon = text.skippingWhiteSpace(from: nameEnd)
      let start = text.skippingWhiteSpace(from: colon + 1)
      let end = text.endOfValidValue(from: start)
      members.append(MemberRanges(name: index..<nameEnd, value: start..<end))
      index = text.startOfNextChild(after: end)
    }
    return members
  }
}
