/// The members of an object in the order in which they are written, each read from the text when it is asked for.
///
/// An object of a foreigner's may have a member for every seven bytes; so none of them costs more than its place.
public struct JSONMembers: RandomAccessCollection, Sendable {
  /// No members.
  public static let none = JSONMembers(
    storage: JSONStorage(bytes: [], rootRange: 0..<0, rootMembers: nil), ranges: [])

  private let storage: JSONStorage
  private let ranges: [MemberRanges]

  init(storage: JSONStorage, ranges: [MemberRanges]) {
    self.storage = storage
    self.ranges = ranges
  }

  /// Zero.
  public var startIndex: Int { 0 }
  /// How many there are.
  public var endIndex: Int { ranges.count }

  /// A member, with its name decoded anew each time.
  public subscript(_ position: Int) -> JSONObject.Member {
    let member = ranges[position]
    return JSONObject.Member(
      name: DecodedString(content: storage.bytes[member.nameContent]).text, nameRange: member.name,
      value: value(at: position))
  }

  /// The value of a member, whose name is not looked at.
  func value(at position: Int) -> JSONValue {
    JSONValue(storage: storage, range: ranges[position].value)
  }

  /// Where the name of a member stands.
  func nameRange(at position: Int) -> Range<Int> { ranges[position].name }

  /// Whether the member has this name, scalar by scalar.
  func isNamed(_ name: ExactName, at position: Int) -> Bool {
    let content = ranges[position].nameContent
    let bytes = storage.bytes
    let written = bytes.span.extracting(content)
    // What is written with escapes is never the name that its bytes spell.
    guard written.hasEscape else { return written.isEqual(to: name.text) }
    return ExactName(decoded(content)) == name
  }

  /// Whether two members have one name.
  func haveOneName(_ first: Int, _ second: Int) -> Bool {
    let (left, right) = (ranges[first].nameContent, ranges[second].nameContent)
    let bytes = storage.bytes
    let text = bytes.span
    if text.extracting(left).isEqual(to: text.extracting(right)) { return true }
    // Other bytes are another name, unless one of them can be written in two ways.
    guard text.extracting(left).hasEscape || text.extracting(right).hasEscape else { return false }
    return ExactName(decoded(left)) == ExactName(decoded(right))
  }

  /// A number that members of one name have in common, and that nobody outside of this process can foresee.
  func hash(at position: Int) -> UInt {
    let content = ranges[position].nameContent
    let bytes = storage.bytes
    let written = bytes.span.extracting(content)
    return written.hasEscape ? ExactName(decoded(content)).hash : ExactName.hash(of: written)
  }

  private func decoded(_ content: Range<Int>) -> String {
    DecodedString(content: storage.bytes[content]).text
  }
}

extension Span<UInt8> {
  /// Whether a string's content has an escape in it.
  fileprivate var hasEscape: Bool { firstIndex(of: QuoteStops.self, from: 0) < count }

  fileprivate func isEqual(to other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    return withUnsafeBufferPointer { left in other.withUnsafeBufferPointer { left.elementsEqual($0) } }
  }

  fileprivate func isEqual(to text: String) -> Bool {
    guard count == text.utf8.count else { return false }
    return withUnsafeBufferPointer { $0.elementsEqual(text.utf8) }
  }
}
