/// A text that cannot be printed by accident: descriptions, reflection and `dump` show a placeholder.
public struct Secret: Sendable, Hashable {
  private final class Storage: Sendable {
    let bytes: SecretBytes

    init(_ text: some Collection<UInt8>) {
      bytes = SecretBytes(copying: text)
    }
  }

  private let storage: Storage

  /// Keeps a copy of the text, which is wiped when the last copy of this value goes.
  public init(_ text: String) {
    storage = Storage(Array(text.utf8))
  }

  /// Keeps a copy of UTF-8 text; the caller's bytes are the caller's to wipe.
  public init(_ bytes: [UInt8]) {
    storage = Storage(bytes)
  }

  /// Lends the text.
  ///
  /// Whatever `body` keeps of it is no longer protected.
  public func reveal<Result, Failure: Error>(
    _ body: (String) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let text = storage.bytes.withBytes { String(decoding: $0, as: UTF8.self) }
    return try body(text)
  }

  /// A copy of the text's bytes that wipes itself as well.
  public func copy() -> SecretBytes {
    storage.bytes.withBytes { SecretBytes(copying: $0) }
  }

  /// Whether both hold the same text.
  public static func == (left: Secret, right: Secret) -> Bool {
    left.reveal { first in right.reveal { second in first == second } }
  }

  /// Feeds the text to a hasher, whose seed is random in every process.
  public func hash(into hasher: inout Hasher) {
    reveal { hasher.combine($0) }
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The placeholder, never the text.
  public var description: String { "(secret)" }

  /// The placeholder, never the text.
  public var debugDescription: String { description }

  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
