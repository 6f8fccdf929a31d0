import Glibc
import Platform

/// What a command was run for.
enum StandardOutput {
  /// Whether a person looks at it.
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Writes a text at once, so that a reader sees all of it or nothing.
  static func write(_ text: String) {
    // A reader that has gone is no failure of ours.
    try? Descriptor.writeAll(Array(text.utf8)[...], to: STDOUT_FILENO)
  }
}
