/// Where a log ended when it was last written: kept apart from it, so that a log that was cut is found out.
public struct TrustLogHead: Sendable, Equatable {
  /// How many entries it had.
  public let entries: Int
  /// The hash of the last of them.
  public let hash: String

  /// The end of a log without entries.
  static let empty = TrustLogHead(entries: 0, hash: TrustLogEntry.origin)
}

/// The first thing that is wrong with a trust log.
public struct TrustLogFlaw: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong.
  public enum Kind: Sendable, Equatable {
    /// The line is not an entry, or not the one that was written: its hash does not fit.
    case altered
    /// An entry of another place: something was removed, added or moved.
    case outOfPlace
    /// It is not the entry that was the last one when the log was written.
    case notAsRemembered
    /// The log ends before this entry, of so many.
    case cut(remembered: Int)
  }

  /// The number of the first bad entry, or of the first that is missing.
  public let entry: Int
  /// What is wrong with it.
  public let kind: Kind

  /// What is wrong, for people.
  public var description: String {
    switch kind {
    case .altered: "entry \(entry) was altered"
    case .outOfPlace: "entry \(entry) does not follow the one before: something was removed, added or moved"
    case .notAsRemembered: "entry \(entry) is not the one that trust.json remembers"
    case .cut(let remembered): "entry \(entry) is missing: trust.json remembers \(remembered) entries"
    }
  }
}

/// A trust log, read and verified.
///
/// The chain has no key: it finds out accidents and clumsy hands, and whoever forges the log has to forge `trust.json`
/// with it. It is no defence against someone who can write both.
public struct TrustLogChain: Sendable, Equatable {
  /// The entries up to the first flaw.
  public private(set) var entries: [TrustLogEntry] = []
  /// The first thing that is wrong; nil for a log that is whole.
  public private(set) var flaw: TrustLogFlaw?
  /// The bytes of an entry that a crash cut short, after the last line's end.
  ///
  /// That is no flaw: the entry was never acknowledged, and the next one takes its place.
  public private(set) var tornBytes = 0
  /// The length of all whole entries.
  private(set) var length = 0

  /// The end of the log as it is.
  var head: TrustLogHead {
    TrustLogHead(entries: entries.count, hash: entries.last?.hash ?? TrustLogEntry.origin)
  }

  /// Reads and verifies a log.
  ///
  /// Entries after the remembered head are taken as well when they fit: a crash may have come between writing them
  /// and remembering it.
  init(_ bytes: [UInt8], remembered: TrustLogHead) {
    while let end = bytes[length...].firstIndex(of: UInt8(ascii: "\n")) {
      if let kind = add(Array(bytes[length..<end]), remembered) {
        flaw = TrustLogFlaw(entry: entries.count + 1, kind: kind)
        return
      }
      length = end + 1
    }
    if entries.count < remembered.entries {
      flaw = TrustLogFlaw(entry: entries.count + 1, kind: .cut(remembered: remembered.entries))
    } else {
      tornBytes = bytes.count - length
    }
  }

  private mutating func add(_ line: [UInt8], _ remembered: TrustLogHead) -> TrustLogFlaw.Kind? {
    guard let entry = TrustLogEntry(line: line) else { return .altered }
    guard entry.number == entries.count + 1, entry.previous == head.hash else { return .outOfPlace }
    guard entry.number != remembered.entries || entry.hash == remembered.hash else { return .notAsRemembered }
    entries.append(entry)
    return nil
  }
}
