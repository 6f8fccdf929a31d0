import Glibc

/// Why a file of tokens cannot be used.
public enum TokenFileFault: Error, Sendable, Equatable, CustomStringConvertible {
  /// Some of its lines cannot be read.
  case unreadable(String, TokenListFaults)
  /// There is a token of this name.
  case nameTaken(String, String)
  /// Something else has this path.
  case notAFile(String)
  /// No list of tokens is so large.
  case tooLarge(String)
  /// The system said no, with this error number.
  case system(String, String, Int32)

  /// What happened and what to do; a line for each fault of the file.
  public var description: String {
    switch self {
    case .unreadable(let path, let faults):
      faults.faults.map { "\(path):\($0.line): \($0)" }.joined(separator: "\n")
    case .nameTaken(let name, let path):
      "there is a token named \(name) in \(path) already; take another name, or delete its line first"
    case .notAFile(let path): "\(path) is not a regular file"
    case .tooLarge(let path): "\(path) is larger than a list of tokens can be"
    case .system(let path, let action, let number):
      "\(path): \(action) failed: \(String(cString: strerror(number)))"
    }
  }
}
