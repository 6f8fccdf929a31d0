import Glibc

/// A command of `/bin/sh` and what it prints.
///
/// `popen` and not Foundation's `Process`: that waits in a run loop, on a thread that all tests share, and
/// its children inherit the blocked signals of that thread, so that they cannot be terminated.
final class Shell {
  /// The command could not be started, or did not print what it should have.
  struct Failure: Error {}

  private let stream: UnsafeMutablePointer<FILE>

  init(_ command: String) throws {
    guard let stream = popen("exec 2>/dev/null </dev/null; " + command, "re") else { throw Failure() }
    self.stream = stream
  }

  /// Waits for the command's end.
  deinit { pclose(stream) }

  /// The next line that it prints, without its end; `nil` at the end.
  func line() -> String? {
    var text: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(text) }
    guard getline(&text, &capacity, stream) > 0, let text else { return nil }
    return String(String(cString: text).prefix { $0 != "\n" })
  }

  /// All that it prints from here on.
  func output() -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while case let count = fread(&chunk, 1, chunk.count, stream), count > 0 { bytes += chunk[..<count] }
    return bytes
  }

  /// Runs a command to its end.
  /// - Returns: whether it succeeded.
  static func succeeds(_ command: String) throws -> Bool {
    try Shell("(\(command)) >&2 && echo yes").output() == Array("yes\n".utf8)
  }
}
