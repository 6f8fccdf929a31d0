import Platform

/// How many exchanges are worked on at once, and how many of them for each local token.
final class Places: Sendable {
  /// How many there may be.
  struct Limits: Sendable {
    var all: Int
    /// Whose they are, and how many of all that one may have; nil where nobody is told apart.
    var token: (name: String, limit: Int)?
  }

  /// What there are enough of.
  enum Shortage: Error, Equatable {
    case ofAll
    case ofToken
  }

  private struct Taken {
    var all = 0
    /// Only of tokens that have some.
    var byToken: [String: Int] = [:]

    mutating func add(_ count: Int, _ token: String?) {
      all += count
      guard let token else { return }
      byToken[token, default: 0] += count
      if byToken[token] == 0 { byToken[token] = nil }
    }
  }

  private let taken = Locked(Taken())

  /// Places among the exchanges at once, which their holder gives back.
  struct Hold: ~Copyable {
    fileprivate let places: Places
    fileprivate let token: String?
    fileprivate var count = 1

    deinit { places.taken.withLock { [token, count] in $0.add(-count, token) } }

    /// Gives all of them back at once.
    mutating func giveBack() {
      places.taken.withLock { [token, count] in $0.add(-count, token) }
      count = 0
    }

    /// Takes as many as `count`, or as there may be at all.
    mutating func widen(to count: Int, of limits: Limits) throws(Shortage) {
      let more = min(count, limits.all, limits.token?.limit ?? count) - self.count
      guard more > 0 else { return }
      try places.take(more, of: limits)
      self.count += more
    }
  }

  /// One place.
  func enter(of limits: Limits) throws(Shortage) -> Hold {
    try take(1, of: limits)
    return Hold(places: self, token: limits.token?.name)
  }

  private func take(_ count: Int, of limits: Limits) throws(Shortage) {
    try taken.withLock { taken throws(Shortage) in
      if let token = limits.token, taken.byToken[token.name, default: 0] + count > token.limit {
        throw .ofToken
      }
      guard taken.all + count <= limits.all else { throw .ofAll }
      taken.add(count, limits.token?.name)
    }
  }
}
