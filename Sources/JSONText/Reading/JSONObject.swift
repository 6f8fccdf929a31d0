/// The members of an object, no two of one name.
public struct JSONObject: Sendable {
  /// A name and its value.
  public struct Member: Sendable {
    /// The decoded name; lone surrogate escapes are shown as U+FFFD.
    public let name: String
    /// Where the name stands in the document's bytes, with its quotes.
    public let nameRange: Range<Int>
    /// The member's value.
    public let value: JSONValue
  }

  /// All members in the order in which they are written.
  public let members: [Member]
  /// Where the object's text is in the document's bytes.
  let range: Range<Int>
  /// The positions of names in `members`; empty when there are too few to be worth a table.
  private let positions: [ExactName: Int]

  init(
    storage: JSONStorage, range: Range<Int>, members ranges: [MemberRanges]
  ) throws(JSONSyntaxError) {
    let members = ranges.map { member in
      let content = storage.bytes[member.name.lowerBound + 1..<member.name.upperBound - 1]
      return Member(
        name: DecodedString(content: content).text, nameRange: member.name,
        value: JSONValue(storage: storage, range: member.value))
    }
    positions =
      members.count > Self.searchableCount
      ? try Self.tableOfDistinctNames(members) : try Self.noTableForDistinctNames(members)
    self.members = members
    self.range = range
  }

  /// The value of the member with this name.
  ///
  /// Names are compared as RFC 8259 section 8.3 advises, code unit by code unit and decoded: `"a"` is
  /// `"\u0061"`, but é as one scalar is not é as two.
  public subscript(_ name: String) -> JSONValue? {
    position(of: ExactName(name)).map { members[$0].value }
  }

  /// The index in `members` of the member with this name.
  func position(of name: ExactName) -> Int? {
    guard positions.isEmpty else { return positions[name] }
    return members.firstIndex { ExactName($0.name) == name }
  }

  /// Up to so many members a walk is as fast as a table.
  private static let searchableCount = 16

  private static func noTableForDistinctNames(
    _ members: [Member]
  ) throws(JSONSyntaxError) -> [ExactName: Int] {
    for (index, member) in members.enumerated() {
      let name = ExactName(member.name)
      if members[..<index].contains(where: { ExactName($0.name) == name }) {
        throw JSONSyntaxError(.duplicateMember(member.name), at: member.nameRange.lowerBound)
      }
    }
    return [:]
  }

  private static func tableOfDistinctNames(
    _ members: [Member]
  ) throws(JSONSyntaxError) -> [ExactName: Int] {
    var positions: [ExactName: Int] = [:]
    positions.reserveCapacity(members.count)
    for (index, member) in members.enumerated() {
      guard positions.updateValue(index, forKey: ExactName(member.name)) == nil else {
        throw JSONSyntaxError(.duplicateMember(member.name), at: member.nameRange.lowerBound)
      }
    }
    return positions
  }
}

/// A name that is equal only to the same scalars.
///
/// Swift's strings are equal when canonically equivalent, which JSON's names are not.
struct ExactName: Hashable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (left: ExactName, right: ExactName) -> Bool {
    left.text.utf8.count == right.text.utf8.count && left.text.utf8.elementsEqual(right.text.utf8)
  }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
