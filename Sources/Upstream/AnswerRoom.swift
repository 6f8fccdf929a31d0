import Platform

/// How many bytes all answers together may hold, from their first bytes until they are let go of.
///
/// Without it a server that gives every request the largest answer allowed could take as many times that much memory as
/// there may be requests.
final class AnswerRoom: Sendable {
  /// So much of each answer is not counted: ordinary answers always find room.
  static let free = 64 << 10

  /// How many bytes there are for answers, without what is ``free``.
  let limit: Int
  private let taken = Locked(0)

  init(limit: Int) { self.limit = limit }

  /// The part of one answer, given back when it is freed.
  final class Share: Sendable {
    /// The room that it is a part of.
    let room: AnswerRoom
    private let count = Locked(0)

    /// A part that has nothing yet.
    init(_ room: AnswerRoom) { self.room = room }

    deinit { giveBack() }

    /// Takes nothing any more, so that others who want to grow at the same moment find room.
    func giveBack() {
      let own = count.withLock { count in
        defer { count = 0 }
        return count
      }
      room.taken.withLock { $0 -= own }
    }

    /// Takes as much more as an answer of `capacity` bytes needs.
    ///
    /// - Returns: false where all answers together would take more than the limit. An answer that is alone always finds room:
    ///   its own size has another limit.
    func grow(to capacity: Int) -> Bool {
      count.withLock { count in
        let wanted = max(count, capacity - AnswerRoom.free)
        return room.taken.withLock { taken in
          let others = taken - count
          guard wanted == count || others == 0 || wanted <= room.limit - others else { return false }
          taken = others + wanted
          count = wanted
          return true
        }
      }
    }
  }
}
