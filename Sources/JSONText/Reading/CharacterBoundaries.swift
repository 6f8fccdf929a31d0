/// Finds where user-visible characters begin in a run of scalars (Unicode Standard Annex 29).
struct CharacterBoundaries: Sendable {
  /// The scalars after which a cluster is cut.
  ///
  /// The longest that people write are families of joined emoji, of about ten; more than this is somebody's
  /// endless combining marks.
  private static let longestCluster = 64

  // The standard library's own recogniser, which `Character` rests on. The underscore says that it may change
  // with a compiler; the tests compare with `Character`.
  private var recognizer = Unicode._CharacterRecognizer()
  private var recognizerIsBehind = false
  private var previous: Unicode.Scalar?
  private var clusterLength = 0

  /// Counts, and takes as read, characters that are one byte each and plainly so: ASCII after ASCII.
  mutating func plainCharacters(in text: Span<UInt8>, from start: Int, atMost limit: Int) -> Int {
    guard let previous, previous.isASCII else { return 0 }
    let end = min(start + limit, text.count)
    var index = start
    while index < end, text[index] >= 0x20, text[index] < 0x80, text[index] != ASCII.backslash { index &+= 1 }
    guard index > start else { return 0 }
    self.previous = Unicode.Scalar(text[index - 1])
    recognizerIsBehind = true
    clusterLength = 1
    return index - start
  }

  /// Whether a character begins with `next`, which then counts as read.
  mutating func isBreak(before next: Unicode.Scalar) -> Bool {
    defer { previous = next }
    let natural: Bool
    if let previous, previous.isASCII, next.isASCII {
      // ASCII has one cluster of two scalars: CR LF.
      natural = !(previous == "\r" && next == "\n")
      recognizerIsBehind = true
    } else {
      if recognizerIsBehind, let previous { restart(with: previous) }
      natural = recognizer.hasBreak(before: next)
    }
    guard natural || clusterLength == Self.longestCluster else {
      clusterLength += 1
      return false
    }
    if !natural { restart(with: next) }
    clusterLength = 1
    return true
  }

  private mutating func restart(with scalar: Unicode.Scalar) {
    recognizer = Unicode._CharacterRecognizer()
    _ = recognizer.hasBreak(before: scalar)
    recognizerIsBehind = false
  }
}
