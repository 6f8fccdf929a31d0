import NIOCore

/// Who is waited for, the one that has been for the longest time first.
///
/// An array in order: times mostly come in order, so an entry is put at its end, and finding one takes a few comparisons
/// instead of a look at all of them.
struct SlowestFirst<Owner> {
  /// One owner's place.
  struct Place: Equatable, Comparable {
    let since: NIODeadline
    /// Tells those apart who began in the same moment.
    fileprivate let number: UInt64

    static func < (one: Self, other: Self) -> Bool {
      (one.since, one.number) < (other.since, other.number)
    }
  }

  private var places: [(place: Place, owner: Owner)] = []
  private var count: UInt64 = 0

  /// All of them.
  var inOrder: some Sequence<(owner: Owner, since: NIODeadline)> {
    places.lazy.map { ($0.owner, $0.place.since) }
  }

  mutating func insert(_ owner: Owner, since begin: NIODeadline) -> Place {
    count &+= 1
    let place = Place(since: begin, number: count)
    places.insert((place, owner), at: index(of: place))
    return place
  }

  mutating func remove(_ place: Place) {
    let index = index(of: place)
    if index < places.endIndex, places[index].place == place { places.remove(at: index) }
  }

  /// Where a place is, or would be.
  private func index(of place: Place) -> Int {
    guard let last = places.last, last.place >= place else { return places.endIndex }
    var (low, high) = (places.startIndex, places.endIndex)
    while low < high {
      let middle = (low + high) / 2
      if places[middle].place < place { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
