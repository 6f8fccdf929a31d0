import Glibc

/// Lines for the person who started the program.
public enum StandardError {
  /// Writes a line in one system call, so that lines of several threads do not mix.
  public static func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    // Nobody may be listening; that is no reason to fail.
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }
}
