/// Everything that is wrong with a file of tokens, never empty.
public struct TokenListFaults: Error, Sendable, Equatable {
  /// One line that cannot be read.
  public struct Fault: Sendable, Equatable, CustomStringConvertible {
    /// From 1.
    public let line: Int
    let problem: TokenLineProblem

    /// The problem in words; nothing of the line but a name that was read before.
    public var description: String { problem.description }
  }

  /// In the order of the file.
  public let faults: [Fault]
}

/// What can be wrong with a line.
enum TokenLineProblem: Error, Equatable, CustomStringConvertible {
  case noColon
  case badName
  case badDigest
  case tokenItself
  case repeatedName(String, line: Int)
  case repeatedDigest(line: Int)
  case tooMany

  var description: String {
    switch self {
    case .noColon: "there is no colon between a name and a hash"
    case .badName: "the name is not 1 to 64 letters, digits, '.', '_', '-' and '@'"
    case .badDigest: "what follows the colon is not a SHA-256 in 64 hexadecimal digits"
    case .tokenItself:
      "this is a token, and the file holds only its SHA-256; treat that token as known and make another"
    case .repeatedName(let name, let line): "the name \(name) stands on line \(line) already"
    case .repeatedDigest(let line): "the same hash stands on line \(line) already"
    case .tooMany: "there are more than \(TokenList.entryLimit) tokens"
    }
  }
}
