/// Replaced generations, held weakly: it counts those that somebody else still holds.
struct RetiredGenerations: Sendable {
  private struct Entry: Sendable {
    weak var generation: KeyGeneration?
  }

  private var entries: [Entry] = []
  private var sweepAt = 16

  /// How many are still held.
  mutating func countHeld() -> Int {
    entries.removeAll { $0.generation == nil }
    return entries.count
  }

  /// Remembers one.
  mutating func add(_ generation: KeyGeneration) {
    entries.append(Entry(generation: generation))
    // Sweeping when the list has doubled keeps it in proportion, and adding cheap.
    if entries.count >= sweepAt { sweepAt = max(16, 2 * countHeld()) }
  }
}
