/// The requests that wait: a line for each caller, first come, first served, and the callers take turns.
///
/// A caller who comes anew has the last turn. So until the first in any line is served, every other caller is
/// served at most once.
struct CallerLines: Sendable {
  /// Somebody in a line.
  struct Place: Sendable {
    let request: Int
    let caller: CallerID
    let deadline: Duration
    /// Waiting ends here, at the deadline at the latest.
    var due: Duration
  }

  private let capacity: Int
  private var lines: [CallerID: [Place]] = [:]
  /// Callers with a line, the next first.
  private var turns: [CallerID] = []
  private var callers: [Int: CallerID] = [:]

  init(capacity: Int) { self.capacity = capacity }

  /// How many wait.
  var count: Int { callers.count }
  var isEmpty: Bool { turns.isEmpty }
  /// Of how many callers somebody waits.
  var callerCount: Int { turns.count }

  /// How many of one caller's wait.
  func count(of caller: CallerID) -> Int { lines[caller]?.count ?? 0 }

  /// Whether there is no place for another request of a caller.
  func isFull(for caller: CallerID) -> Bool {
    let open = lines[caller] == nil ? capacity : capacity - capacity / 8
    return count >= open
  }

  /// Who is served next.
  var next: Place? { turns.first.flatMap { lines[$0]?.first } }

  /// When the first wait ends.
  var earliestDue: Duration? { lines.values.lazy.joined().map(\.due).min() }

  /// How many would be served before another request of a caller if nobody came or left.
  func countAhead(of caller: CallerID) -> Int {
    let own = lines[caller]?.count ?? 0
    let turn = turns.firstIndex(of: caller) ?? turns.endIndex
    var ahead = own
    for (index, other) in turns.enumerated() where other != caller {
      ahead += min(lines[other]?.count ?? 0, index < turn ? own + 1 : own)
    }
    return ahead
  }

  /// Puts a request at the end of its caller's line.
  mutating func append(_ place: Place) {
    if lines[place.caller] == nil { turns.append(place.caller) }
    lines[place.caller, default: []].append(place)
    callers[place.request] = place.caller
  }

  /// The next is served; its caller's next turn comes after everybody else's.
  mutating func removeNext() {
    guard let place = next else { return }
    remove(place.request)
    if turns.first == place.caller { turns.append(turns.removeFirst()) }
  }

  /// A request waits no longer.
  mutating func remove(_ request: Int) {
    guard let caller = callers.removeValue(forKey: request) else { return }
    lines[caller]?.removeAll { $0.request == request }
    guard lines[caller]?.isEmpty == true else { return }
    lines[caller] = nil
    turns.removeAll { $0 == caller }
  }

  /// Everybody may wait longer, up to the deadline.
  mutating func postpone(by gap: Duration) {
    for caller in turns {
      guard var line = lines[caller] else { continue }
      for index in line.indices { line[index].due = min(line[index].due + gap, line[index].deadline) }
      lines[caller] = line
    }
  }

  /// Removes everybody for whom something holds and returns them in the order of their numbers.
  mutating func removeAll(where condition: (Place) -> Bool) -> [Place] {
    let removed = lines.values.lazy.joined().filter(condition).sorted { $0.request < $1.request }
    for place in removed { remove(place.request) }
    return removed
  }
}
