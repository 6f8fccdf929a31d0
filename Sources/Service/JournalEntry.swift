/// One entry of the journal: fields of bytes, each with a name.
public struct JournalEntry: Sendable, Equatable {
  /// `NAME=value` one after the other; a value may hold any byte, since lengths say where it ends.
  private(set) var bytes: [UInt8] = []
  /// Where each field ends in ``bytes``.
  private(set) var ends: [Int] = []

  /// The most fields of one entry; what comes after them is left out.
  static let mostFields = 96
  /// journald refuses longer names.
  private static let longestName = 64

  /// An entry without fields.
  public init() {}

  /// Adds a field.
  ///
  /// - Parameter name: Brought into the form that the journal takes: upper-case letters, digits and underscores, and
  ///   neither digit nor underscore at the beginning, which is kept for what journald itself vouches for.
  public mutating func add(_ name: String, _ value: String) {
    guard ends.count < Self.mostFields else { return }
    let name = Self.fieldName(name)
    guard !name.isEmpty else { return }
    bytes += name
    bytes.append(UInt8(ascii: "="))
    bytes += value.utf8
    ends.append(bytes.count)
  }

  private static func fieldName(_ name: String) -> [UInt8] {
    let bytes = name.utf8.map { byte -> UInt8 in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 0x20
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
      default: UInt8(ascii: "_")
      }
    }
    return Array(bytes.drop { !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }.prefix(longestName))
  }
}
