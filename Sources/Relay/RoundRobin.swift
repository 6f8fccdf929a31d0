/// Things of several owners, one of each owner in turn.
struct RoundRobin<Owner: Hashable, Element> {
  private var lines: [Owner: [Element]] = [:]
  /// Whose turn it is, first the next; each owner of a line is here once.
  private var turns: [Owner] = []

  /// How many things there are.
  var count: Int { lines.values.reduce(0) { $0 + $1.count } }

  /// Adds an element behind the owner's others.
  mutating func append(of owner: Owner, _ element: Element) {
    if lines[owner] == nil { turns.append(owner) }
    lines[owner, default: []].append(element)
  }

  /// Takes the next element out; nil if there is none.
  mutating func next() -> Element? {
    guard let owner = turns.first else { return nil }
    turns.removeFirst()
    let element = lines[owner]?.removeFirst()
    if lines[owner]?.isEmpty == true { lines[owner] = nil } else { turns.append(owner) }
    return element
  }
}
