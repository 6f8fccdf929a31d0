/// Finds the known name that someone probably meant.
enum NearestName {
  /// The known name that is nearest to what was written; nil when none is near.
  ///
  /// Near is what differs in a third of its letters or less, without the tables that both stand in: further away, a
  /// guess misleads. Names that end alike count as near, whatever table they stand in.
  static func nearest(to written: String, among names: [String]) -> String? {
    let written = String(written.prefix(128)).lowercased()
    return names.compactMap { name -> (name: String, distance: Int)? in
      let known = name.lowercased()
      let distance = distance(written, known)
      return distance <= limit(written, known) ? (name, distance) : nil
    }
    .min { $0.distance < $1.distance }?.name
  }

  /// What a fault says is allowed instead of an unknown name: the one that was meant, or all of a small set.
  static func advice(on written: String, among names: [String]) -> String {
    nearest(to: written, among: names).map { "\($0), the nearest known one" } ?? names.joined(separator: ", ")
  }

  /// A third, rounded up, of what is written after the words at the beginning that both have.
  private static func limit(_ written: String, _ known: String) -> Int {
    var rest = 0
    var isShared = true
    for (index, pair) in zip(written.utf8, known.utf8).enumerated() where isShared {
      isShared = pair.0 == pair.1
      if isShared, "._".utf8.contains(pair.0) { rest = index + 1 }
    }
    return (written.utf8.count - rest + 2) / 3
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
