import NIOCore

/// How many bytes of bodies there are at once, and who gives way when there is no room for more.
///
/// No sockets, no clock. A request's bytes count while it is received and while it is answered, an answer's until its
/// caller has taken it. Whoever waits for the router never gives way; who sends or reads slowly does, the one that has
/// done so for the longest time first.
///
/// Who has to give way hears of it a moment later, on another event loop even. Until it has let go its bytes are there and
/// counted, but no longer in anybody's way; and what it has been told stands, whatever it does in that moment.
struct BodyRoom<Owner: Hashable> {
  private struct Share {
    var bytes = 0
    /// Since when the owner's caller is waited for; nil while the caller waits.
    var waiting: SlowestFirst<Owner>.Place?
    /// Whether the owner has to give way.
    var leaves = false
  }

  private let capacity: Int
  private let patience: TimeAmount
  private var shares: [Owner: Share] = [:]
  /// Those whose callers are waited for, without those who leave.
  private var slow = SlowestFirst<Owner>()
  /// The bytes of all shares.
  private(set) var used = 0
  /// The bytes of those who leave.
  private var leaving = 0

  init(capacity: Int, patience: TimeAmount) {
    (self.capacity, self.patience) = (capacity, patience)
  }

  /// What this owner has.
  func held(by owner: Owner) -> Int { shares[owner]?.bytes ?? 0 }

  /// Whether this owner has to give way.
  func mustLeave(_ owner: Owner) -> Bool { shares[owner]?.leaves ?? false }

  /// A body that is being received has become so long.
  ///
  /// - Returns: who has to give way; nil if there is no room, and then everything is as before.
  mutating func grow(_ owner: Owner, to bytes: Int, since begin: NIODeadline, at now: NIODeadline) -> [Owner]?
  {
    guard !mustLeave(owner) else { return nil }
    let more = bytes - held(by: owner)
    let (slowest, freed) = slowest(but: owner, for: more) { now - $0 > patience }
    guard used - leaving - freed + more <= capacity else { return nil }
    send(away: slowest)
    add(more, to: owner)
    wait(for: owner, since: begin)
    return slowest
  }

  /// The body is all there: now its caller waits.
  ///
  /// - Returns: whether it may; `false` if the owner has to give way.
  mutating func callerWaits(_ owner: Owner) -> Bool {
    endWait(for: owner)
    return !mustLeave(owner)
  }

  /// An answer of so many bytes is there, beside the request if its owner has one here.
  ///
  /// An answer is never refused: it has been paid for.
  ///
  /// - Returns: who has to give way.
  mutating func answer(_ owner: Owner, of bytes: Int, at now: NIODeadline) -> [Owner] {
    let (slowest, _) = slowest(but: owner, for: bytes) { _ in true }
    send(away: slowest)
    add(bytes, to: owner)
    wait(for: owner, since: now)
    return slowest
  }

  /// Nothing of this owner is held any more.
  mutating func release(_ owner: Owner) {
    endWait(for: owner)
    guard let share = shares.removeValue(forKey: owner) else { return }
    used -= share.bytes
    if share.leaves { leaving -= share.bytes }
  }
}

// MARK: - Who gives way

extension BodyRoom {
  private mutating func add(_ bytes: Int, to owner: Owner) {
    shares[owner, default: Share()].bytes += bytes
    used += bytes
    if mustLeave(owner) { leaving += bytes }
  }

  private mutating func wait(for owner: Owner, since begin: NIODeadline) {
    guard let share = shares[owner], !share.leaves, share.waiting?.since != begin else { return }
    endWait(for: owner)
    shares[owner]?.waiting = slow.insert(owner, since: begin)
  }

  private mutating func endWait(for owner: Owner) {
    guard let waiting = shares[owner]?.waiting else { return }
    slow.remove(waiting)
    shares[owner]?.waiting = nil
  }

  private mutating func send(away owners: [Owner]) {
    for owner in owners {
      endWait(for: owner)
      shares[owner]?.leaves = true
      leaving += held(by: owner)
    }
  }

  /// Who is slowest of those who may have to give way, as many as it takes, and how much they have.
  private func slowest(
    but owner: Owner, for more: Int, where mayLeave: (NIODeadline) -> Bool
  ) -> (owners: [Owner], bytes: Int) {
    let missing = used - leaving + more - capacity
    var (owners, bytes): ([Owner], Int) = ([], 0)
    for (other, since) in slow.inOrder where other != owner {
      guard bytes < missing, mayLeave(since) else { break }
      owners.append(other)
      bytes += held(by: other)
    }
    return (owners, bytes)
  }
}
