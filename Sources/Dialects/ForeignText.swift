/// Text from the other side of the network, made fit to be quoted in an error message: one line, no control characters,
/// bounded length.
public struct ForeignText: Sendable, CustomStringConvertible {
  /// Longer texts are cut.
  public static let characterLimit = 300

  /// The cleaned text.
  public let text: String

  /// The cleaned text between quotation marks.
  public var description: String { "\"\(text)\"" }

  /// Cleans a text.
  public init(_ text: String) {
    var clean = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(Self.characterLimit) {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator, .format, .surrogate, .privateUse: clean.append(" ")
      default: clean.append(scalar)
      }
    }
    let isCut = text.unicodeScalars.dropFirst(Self.characterLimit).first != nil
    self.text = String(clean) + (isCut ? "…" : "")
  }
}
