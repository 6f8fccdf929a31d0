import NIOCore

/// How many bytes of bodies there are at once, and who gives way when there is no room for more.
///
/// No sockets, no clock. A request's bytes count while it is received and while it is answered, an answer's until its
/// caller has taken it. Whoever waits for the router never gives way; who sends or reads slowly does, the one that has
/// done so for the longest time first.
struct BodyRoom<Owner: Hashable> {
  private struct Share {
    var bytes = 0
    /// Since when the owner's caller is waited for; nil while the caller waits.
    var waitsSince: NIODeadline?
  }

  private let capacity: Int
  private let patience: TimeAmount
  private var shares: [Owner: Share] = [:]
  private(set) var used = 0

  init(capacity: Int, patience: TimeAmount) {
    (self.capacity, self.patience) = (capacity, patience)
  }

  /// A body that is being received has become so long.
  ///
  /// - Returns: who has to give way; nil if there is no room, and then everything is as before.
  mutating func grow(_ owner: Owner, to bytes: Int, since begin: NIODeadline, at now: NIODeadline) -> [Owner]?
  {
    let more = bytes - (shares[owner]?.bytes ?? 0)
    let leaving = slowest(but: owner, for: more) { now - $0 > patience }
    guard used - freed(by: leaving) + more <= capacity else { return nil }
    leaving.forEach { release($0) }
    shares[owner] = Share(bytes: bytes, waitsSince: begin)
    used += more
    return leaving
  }

  /// The body is all there: now its caller waits.
  mutating func callerWaits(_ owner: Owner) {
    shares[owner]?.waitsSince = nil
  }

  /// An answer of so many bytes is there, and its caller does not take it at once.
  ///
  /// An answer is never refused: it has been paid for.
  ///
  /// - Returns: who has to give way.
  mutating func answer(_ owner: Owner, of bytes: Int, at now: NIODeadline) -> [Owner] {
    let leaving = slowest(but: owner, for: bytes) { _ in true }
    leaving.forEach { release($0) }
    shares[owner, default: Share()].bytes += bytes
    shares[owner]?.waitsSince = now
    used += bytes
    return leaving
  }

  /// Nothing of this owner is held any more.
  mutating func release(_ owner: Owner) {
    guard let share = shares.removeValue(forKey: owner) else { return }
    used -= share.bytes
  }

  /// Who is slowest of those who may have to give way, as many as it takes.
  private func slowest(
    but owner: Owner, for more: Int, where mayLeave: (NIODeadline) -> Bool
  ) -> [Owner] {
    var missing = used + more - capacity
    guard missing > 0 else { return [] }
    let waiting = shares.compactMap { other, share in
      share.waitsSince.flatMap { other != owner && mayLeave($0) ? (other, $0, share.bytes) : nil }
    }
    var leaving: [Owner] = []
    for (other, _, bytes) in waiting.sorted(by: { $0.1 < $1.1 }) where missing > 0 {
      leaving.append(other)
      missing -= bytes
    }
    return leaving
  }

  private func freed(by leaving: [Owner]) -> Int {
    leaving.reduce(0) { $0 + (shares[$1]?.bytes ?? 0) }
  }
}
