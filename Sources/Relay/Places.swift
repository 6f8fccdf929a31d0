import Platform

/// How many requests are worked on at once.
final class Places: Sendable {
  private let taken = Locked(0)

  /// A place among the requests at once, which its holder gives back.
  struct Place {
    fileprivate let places: Places
    func leave() { places.taken.withLock { $0 -= 1 } }
  }

  /// A place of so many, nil if there is none.
  func enter(of limit: Int) -> Place? {
    let isFree = taken.withLock { count in
      guard count < limit else { return false }
      count += 1
      return true
    }
    return isFree ? Place(places: self) : nil
  }
}
