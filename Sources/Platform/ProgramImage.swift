import CPlatform

/// The program's own code and constants in memory.
public enum ProgramImage {
  /// Gives back what only the start needed: pages of code and constants, and free heap.
  ///
  /// Reading options and configuration and making a key pair touch more than half of the program, none of which serving
  /// needs. What is needed after all is mapped again from the page cache, at the cost of a minor fault.
  public static func releaseStartupPages() {
    cplatform_release_read_only_pages()
    cplatform_trim_heap()
  }
}
