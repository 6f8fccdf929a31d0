/// A text that has been validated as a whole (RFC 8259, strictly), with its bytes.
///
/// Refused, beyond what the grammar refuses: a byte order mark, strings that are not UTF-8, deep nesting. Members
/// of one name are found by `JSONValue.object()`. Reading builds no tree: values are places in the text.
public struct JSONDocument: Sendable {
  /// The levels of nesting allowed when the caller names no limit; requests seldom have more than 20.
  public static let defaultDepth = 128

  /// The one value of the text.
  public let root: JSONValue

  /// The text as it was given, white space around the root included.
  public var bytes: [UInt8] { root.storage.bytes }

  /// Validates a text in one pass.
  ///
  /// - Parameter depthLimit: how many arrays and objects may be inside each other.
  public init(
    parsing bytes: [UInt8], depthLimit: Int = JSONDocument.defaultDepth
  ) throws(JSONSyntaxError) {
    guard bytes.count <= MemberRanges.textLimit else {
      throw JSONSyntaxError(.tooLong(limit: MemberRanges.textLimit), at: MemberRanges.textLimit)
    }
    var validator = Validator(depthLimit: depthLimit)
    let range = try validator.validate(bytes.span)
    let members = validator.rootMembers.complete
    let storage = JSONStorage(bytes: bytes, rootRange: range, rootMembers: members)
    root = JSONValue(storage: storage, range: range)
  }
}

/// What a document and all its values share.
final class JSONStorage: Sendable {
  let bytes: [UInt8]
  let rootRange: Range<Int>
  /// The root's members as the validator noted them; meaningless unless the root is an object.
  let rootMembers: [MemberRanges]?

  init(bytes: [UInt8], rootRange: Range<Int>, rootMembers: [MemberRanges]?) {
    self.bytes = bytes
    self.rootRange = rootRange
    self.rootMembers = rootMembers
  }
}
