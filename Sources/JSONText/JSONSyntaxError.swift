/// What is wrong with a text and at which byte offset.
///
/// Descriptions never quote content, except the name of a duplicated member (shortened, and escaped to ASCII).
public struct JSONSyntaxError: Error, Equatable, Sendable {
  /// The ways in which a text can fail to be JSON as RFC 8259 has it.
  public enum Reason: Equatable, Sendable {
    /// No value at all: no bytes, or only white space.
    case empty
    /// The text starts with a byte order mark (RFC 8259 section 8.1 forbids writing one).
    case byteOrderMark
    /// A string holds bytes that are no well-formed UTF-8 (RFC 3629): overlong, surrogate, too high or cut off.
    case invalidUTF8
    /// The text stops before its value is complete.
    case unexpectedEnd
    /// A byte that cannot stand at this place.
    case unexpectedByte
    /// More bytes than `limit`: nothing here takes texts of gigabytes.
    case tooLong(limit: Int)
    /// More arrays and objects inside each other than `limit`.
    case tooDeep(limit: Int)
    /// An object with two members of this (decoded) name.
    case duplicateMember(String)
    /// An object with more members than `limit`.
    case tooManyMembers(limit: Int)
    /// Something other than white space after the value.
    case trailingBytes
    /// A number with a leading zero, or without a digit where one must be.
    case invalidNumber
    /// A backslash in a string that starts none of the nine escapes of RFC 8259 section 7.
    case invalidEscape
    /// A word that starts like `true`, `false` or `null` and is another.
    case invalidLiteral
    /// A raw character below U+0020 in a string.
    case controlCharacter
  }

  /// What is wrong.
  public let reason: Reason
  /// The offset of the first byte that is wrong, or the length of the text when more should follow.
  public let offset: Int

  /// An error, for the reader and for what stands in for it in tests.
  public init(_ reason: Reason, at offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}

extension JSONSyntaxError: CustomStringConvertible {
  /// One sentence for people, without content of the text.
  public var description: String {
    "not valid JSON: \(reason) at byte \(offset)"
  }
}

extension JSONSyntaxError.Reason: CustomStringConvertible {
  /// The reason as a noun phrase.
  public var description: String {
    switch self {
    case .empty: "no value"
    case .byteOrderMark: "a byte order mark"
    case .invalidUTF8: "bytes that are not UTF-8"
    case .unexpectedEnd: "an end too early"
    case .unexpectedByte: "an unexpected byte"
    case .tooLong(let limit): "more than \(limit) bytes"
    case .tooDeep(let limit): "more than \(limit) levels of nesting"
    case .duplicateMember(let name): "a second member \"\(Self.shown(name))\""
    case .tooManyMembers(let limit): "an object of more than \(limit) members"
    case .trailingBytes: "something after the value"
    case .invalidNumber: "a malformed number"
    case .invalidEscape: "a malformed escape sequence"
    case .invalidLiteral: "a word that is not true, false or null"
    case .controlCharacter: "a raw control character in a string"
    }
  }

  /// A name fit for a log line: foreign names may be huge or hold line breaks and terminal controls.
  private static func shown(_ name: String) -> String {
    let limit = 64
    let start = name.unicodeScalars.prefix(limit).map { $0.escaped(asASCII: true) }.joined()
    return name.unicodeScalars.dropFirst(limit).isEmpty ? start : start + "..."
  }
}
