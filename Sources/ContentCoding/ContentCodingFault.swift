/// Why a body was not decoded.
public enum ContentCodingFault: Error, Equatable, Sendable {
  /// What can be wrong with compressed data.
  public enum Flaw: Equatable, Sendable {
    /// It is not of the format, or was damaged; checksums that do not match are this too.
    case corrupt
    /// It ends too early.
    case truncated
    /// There is something after its end.
    case trailingBytes
    /// It can only be read with a dictionary that was agreed on beforehand.
    case dictionary
    /// It needs a larger window than HTTP allows (RFC 9659: 8 MiB).
    case window
  }

  /// There is no coding of this name here; the caller's own spelling.
  case unknown(String)
  /// More codings than this were applied to one body.
  case tooMany(limit: Int)
  /// The body is not what its coding says.
  case malformed(ContentCoding, Flaw)
  /// The decoded body is larger than this many bytes.
  case tooLarge(limit: Int)
  /// There is no memory for a decoder.
  case outOfMemory
}

extension ContentCodingFault: CustomStringConvertible {
  /// What is wrong and what to do, for people; quotes nothing that the caller sent.
  public var description: String {
    switch self {
    case .unknown:
      "a content coding that is not known here; send \(ContentCoding.accepted), or none"
    case .tooMany(let limit):
      "more than \(limit) content codings; send one, or none"
    case .malformed(let coding, let flaw):
      "not valid \(coding.rawValue) data: \(flaw)"
    case .tooLarge(let limit):
      "larger than \(limit) bytes when decompressed"
    case .outOfMemory:
      "not decompressed: there is no memory for it; try again later"
    }
  }
}

extension ContentCodingFault.Flaw: CustomStringConvertible {
  /// The flaw as half a sentence.
  public var description: String {
    switch self {
    case .corrupt: "it is damaged or of another format"
    case .truncated: "it ends too early"
    case .trailingBytes: "something follows its end"
    case .dictionary: "it was made with a dictionary"
    case .window: "its window is larger than the 8 MiB that HTTP allows"
    }
  }
}
