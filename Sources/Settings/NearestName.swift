/// Finds the known name that someone probably meant.
enum NearestName {
  /// The known name that is nearest to what was written.
  ///
  /// Names that end alike count as near, whatever table they stand in.
  static func nearest(to written: String, among names: [String]) -> String {
    let written = String(written.prefix(128)).lowercased()
    return names.map { (name: $0, distance: distance(written, $0.lowercased())) }
      .min { $0.distance < $1.distance }?.name ?? ""
  }

  private static func distance(_ written: String, _ known: String) -> Int {
    let edits = edits(Array(written.utf8), Array(known.utf8))
    let last = written.lastIndex(of: ".").map { written[written.index(after: $0)...] } ?? written[...]
    if known.hasSuffix(".\(last)") || known.hasSuffix("_\(last)") { return Swift.min(edits, 1) }
    // A shorter piece is in too many names to mean anything.
    return last.utf8.count >= 4 && Array(known.utf8).firstIndex(of: String(last)) != nil
      ? Swift.min(edits, 2) : edits
  }

  /// The number of insertions, deletions, replacements and swaps of neighbours between two texts (optimal
  /// string alignment).
  static func edits(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for i in left.indices {
      var current = [i + 1]
      for j in right.indices {
        var best = Swift.min(
          last[j] + (left[i] == right[j] ? 0 : 1), last[j + 1] + 1, current[j] + 1)
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
          best = Swift.min(best, beforeLast[j - 1] + 1)
        }
        current.append(best)
      }
      (beforeLast, last) = (last, current)
    }
    return last[right.count]
  }
}
