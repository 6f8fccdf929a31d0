import Sealing

/// The local tokens that callers may bring: a name and the SHA-256 of each, never a token itself.
///
/// A token has 256 random bits, so its plain digest gives nothing away and needs neither salt nor a slow hash.
public struct TokenList: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    let name: String
    let digest: [UInt8]
  }

  /// No file of tokens is larger.
  public static let byteLimit = 256 << 10
  /// More tokens than anybody tells apart; names become labels of metrics, so there is a bound.
  public static let entryLimit = 1024

  let entries: [Entry]

  /// The names in the order of the file.
  public var names: [String] { entries.map(\.name) }

  /// Whether nobody can come in.
  public var isEmpty: Bool { entries.isEmpty }

  /// Reads a file of lines `NAME:SHA256-HEX`; `#` begins a comment, and empty lines are skipped.
  ///
  /// - Throws: everything that is wrong, each with its line.
  public init(parsing bytes: [UInt8]) throws(TokenListFaults) {
    var (entries, faults): ([Entry], [TokenListFaults.Fault]) = ([], [])
    var (names, digests): ([String: Int], [[UInt8]: Int]) = ([:], [:])
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      let number = index + 1
      do throws(TokenLineProblem) {
        guard let entry = try Self.entry(line) else { continue }
        if let first = names[entry.name] { throw .repeatedName(entry.name, line: first) }
        if let first = digests[entry.digest] { throw .repeatedDigest(line: first) }
        guard entries.count < Self.entryLimit else { throw .tooMany }
        (names[entry.name], digests[entry.digest]) = (number, number)
        entries.append(entry)
      } catch {
        faults.append(TokenListFaults.Fault(line: number, problem: error))
        if error == .tooMany { break }
      }
    }
    guard faults.isEmpty else { throw TokenListFaults(faults: faults) }
    self.entries = entries
  }

  /// The name of a token, nil if nobody has it.
  ///
  /// Every entry is compared to its end whatever the others said, so the time that it takes tells nothing of how close a
  /// guess is; what is compared are digests, which nobody can steer.
  public func name(of token: some Sequence<UInt8>) -> String? {
    let digest = SHA256Digest.of(Array(token))
    var found: Int?
    for (index, entry) in entries.enumerated() {
      let difference = zip(entry.digest, digest).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
      found = difference == 0 ? index : found
    }
    return found.map { entries[$0].name }
  }

  /// Whether a name stands for the same token in both lists; nil where one of them does not have it.
  public func hasSame(_ name: String, as other: TokenList?) -> Bool? {
    guard let own = entries.first(where: { $0.name == name }),
      let its = other?.entries.first(where: { $0.name == name })
    else { return nil }
    return own == its
  }

  /// Whether a text can be the name of a token: letters, digits, `.`, `_`, `-` and `@`, at most 64 of them.
  public static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count) && !text.hasPrefix(NewToken.prefix)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: ".-_@".utf8.contains(byte)
        }
      }
  }
}

extension TokenList {
  /// One line, nil for one that says nothing.
  private static func entry(_ line: ArraySlice<UInt8>) throws(TokenLineProblem) -> Entry? {
    let said = trimmed(line.prefix { $0 != UInt8(ascii: "#") })
    guard !said.isEmpty else { return nil }
    let parts = said.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      throw said.starts(with: NewToken.prefix.utf8) ? .tokenItself : .noColon
    }
    let name = String(decoding: trimmed(parts[0]), as: UTF8.self)
    let hash = trimmed(parts[1])
    guard !name.hasPrefix(NewToken.prefix), !hash.starts(with: NewToken.prefix.utf8) else {
      throw .tokenItself
    }
    guard isName(name) else { throw .badName }
    guard let digest = digest(hash) else { throw .badDigest }
    return Entry(name: name, digest: digest)
  }

  private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    guard let last = text.lastIndex(where: { !isBlank($0) }) else { return [] }
    return text[...last].drop(while: isBlank)
  }

  private static func digest(_ hash: ArraySlice<UInt8>) -> [UInt8]? {
    let digits = hash.compactMap(hexadecimal)
    guard hash.count == 2 * SHA256Digest.byteCount, digits.count == hash.count else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46, 0x61...0x66: (byte | 0x20) - 0x61 + 10
    default: nil
    }
  }
}

extension TokenList: CustomStringConvertible, CustomReflectable {
  /// How many there are.
  public var description: String { "\(entries.count) tokens" }

  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
