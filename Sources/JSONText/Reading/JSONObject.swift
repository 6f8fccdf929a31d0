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
  public let members: JSONMembers
  /// Where the object's text is in the document's bytes.
  let range: Range<Int>
  /// Where names are; nil when there are too few to be worth a table.
  private let table: NameTable?

  init(
    storage: JSONStorage, range: Range<Int>, members ranges: [MemberRanges]
  ) throws(JSONSyntaxError) {
    members = JSONMembers(storage: storage, ranges: ranges)
    self.range = range
    if ranges.count > Self.searchableCount {
      table = try NameTable(members)
    } else {
      table = nil
      try Self.checkDistinctNames(members)
    }
  }

  /// The value of the member with this name.
  ///
  /// Names are compared as RFC 8259 section 8.3 advises, code unit by code unit and decoded: `"a"` is
  /// `"\u0061"`, but é as one scalar is not é as two.
  public subscript(_ name: String) -> JSONValue? {
    position(of: ExactName(name)).map(members.value)
  }

  /// The index in `members` of the member with this name.
  func position(of name: ExactName) -> Int? {
    guard let table else { return members.indices.first { members.isNamed(name, at: $0) } }
    return table.position(of: name, in: members)
  }

  /// Up to so many members a walk is as fast as a table.
  private static let searchableCount = 16

  private static func checkDistinctNames(_ members: JSONMembers) throws(JSONSyntaxError) {
    for index in members.indices
    where members[..<index].indices.contains(where: { members.haveOneName($0, index) }) {
      let member = members[index]
      throw JSONSyntaxError(.duplicateMember(member.name), at: member.nameRange.lowerBound)
    }
  }
}

/// A name that is equal only to the same scalars.
///
/// Swift's strings are equal when canonically equivalent, which JSON's names are not.
struct ExactName: Hashable {
  let text: String

  init(_ text: String) { self.text = text }

  /// The same for every text that is equal, decided by a secret of this process.
  var hash: UInt {
    var text = text
    return text.withUTF8 { Self.hash(of: $0.span) }
  }

  /// The hash of the name whose UTF-8 this is.
  static func hash(of text: Span<UInt8>) -> UInt {
    var hasher = Hasher()
    text.withUnsafeBytes { hasher.combine(bytes: $0) }
    return UInt(bitPattern: hasher.finalize())
  }

  static func == (left: ExactName, right: ExactName) -> Bool {
    left.text.utf8.count == right.text.utf8.count && left.text.utf8.elementsEqual(right.text.utf8)
  }

  func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}
