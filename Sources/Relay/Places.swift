import Platform

/// How many exchanges are worked on at once.
final class Places: Sendable {
  private let taken = Locked(0)

  /// Places among the exchanges at once, which their holder gives back.
  struct Hold: ~Copyable {
    fileprivate let places: Places
    fileprivate var count = 1

    deinit { places.taken.withLock { [count] in $0 -= count } }

    /// Gives all of them back at once.
    mutating func giveBack() {
      places.taken.withLock { [count] in $0 -= count }
      count = 0
    }

    /// Takes as many as `count` of so many; false if there are not enough.
    mutating func widen(to count: Int, of limit: Int) -> Bool {
      let more = min(count, limit) - self.count
      guard more > 0 else { return true }
      guard places.take(more, of: limit) else { return false }
      self.count += more
      return true
    }
  }

  /// One place of so many, nil if there is none.
  func enter(of limit: Int) -> Hold? {
    take(1, of: limit) ? Hold(places: self) : nil
  }

  private func take(_ count: Int, of limit: Int) -> Bool {
    taken.withLock { taken in
      guard taken + count <= limit else { return false }
      taken += count
      return true
    }
  }
}
