import NIOCore
import Testing

@testable import Listener

/// Random steps in a small room against a model that is simple enough to be believed.
@Suite struct BodyRoomWalkTests {
  private static let capacity = 100
  private static let patience = TimeAmount.seconds(5)

  /// What is known of one owner.
  private struct Holding: Equatable {
    var bytes = 0
    var waitsSince: NIODeadline?
    var leaves = false
  }

  private struct Walk {
    var room = BodyRoom<Int>(capacity: capacity, patience: patience)
    var held: [Int: Holding] = [:]
    var now = NIODeadline.uptimeNanoseconds(0)

    var staying: Int { held.values.reduce(0) { $0 + ($1.leaves ? 0 : $1.bytes) } }
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `what is counted is what is held, and who gives way is the slowest and no more than it takes`(
    _ seed: UInt64
  ) {
    var random = SplitMix(seed: seed)
    for _ in 0..<40 {
      var walk = Walk()
      for _ in 0..<200 {
        walk.now = walk.now + .seconds(Int64(random.next() % 3))
        let owner = Int(random.next() % 8)
        switch random.next() % 8 {
        case 0...3: Self.grow(owner, by: Int(random.next() % 40), &walk)
        case 4:
          let mayWait = walk.room.callerWaits(owner)
          #expect(mayWait == (walk.held[owner]?.leaves != true))
          walk.held[owner]?.waitsSince = nil
        case 5: Self.answer(owner, of: Int(random.next() % 40), &walk)
        default:
          walk.room.release(owner)
          walk.held[owner] = nil
        }
        #expect(walk.room.used == walk.held.values.reduce(0) { $0 + $1.bytes })
        for owner in 0..<8 {
          #expect(walk.room.held(by: owner) == walk.held[owner]?.bytes ?? 0)
          #expect(walk.room.mustLeave(owner) == walk.held[owner]?.leaves ?? false)
        }
      }
      (0..<8).forEach { walk.room.release($0) }
      #expect(walk.room.used == 0)
    }
  }

  private static func grow(_ owner: Int, by bytes: Int, _ walk: inout Walk) {
    let total = (walk.held[owner]?.bytes ?? 0) + bytes
    let begin = walk.held[owner]?.waitsSince ?? walk.now
    let slow = candidates(but: owner, walk) { walk.now - $0 > patience }
    let could = walk.staying + bytes - slow.reduce(0) { $0 + (walk.held[$1]?.bytes ?? 0) } <= capacity
    guard let leaving = walk.room.grow(owner, to: total, since: begin, at: walk.now) else {
      #expect(!could || walk.held[owner]?.leaves == true)
      return
    }
    #expect(could && walk.held[owner]?.leaves != true)
    leave(leaving, of: slow, for: bytes, &walk)
    walk.held[owner] = Holding(bytes: total, waitsSince: begin)
    #expect(walk.staying <= capacity)
  }

  private static func answer(_ owner: Int, of bytes: Int, _ walk: inout Walk) {
    let slow = candidates(but: owner, walk) { _ in true }
    leave(walk.room.answer(owner, of: bytes, at: walk.now), of: slow, for: bytes, &walk)
    walk.held[owner, default: Holding()].bytes += bytes
    if walk.held[owner]?.leaves == false { walk.held[owner]?.waitsSince = walk.now }
  }

  /// Those who may have to give way.
  private static func candidates(but owner: Int, _ walk: Walk, where mayLeave: (NIODeadline) -> Bool) -> [Int]
  {
    walk.held.filter { $0 != owner && !$1.leaves && $1.waitsSince.map(mayLeave) == true }.map(\.key)
  }

  private static func leave(_ leaving: [Int], of slow: [Int], for bytes: Int, _ walk: inout Walk) {
    #expect(Set(leaving).isSubset(of: slow) && Set(leaving).count == leaving.count)
    let times = leaving.compactMap { walk.held[$0]?.waitsSince }
    #expect(times == times.sorted())
    let stay = slow.filter { !leaving.contains($0) }.compactMap { walk.held[$0]?.waitsSince }
    if let last = times.last { #expect(stay.allSatisfy { $0 >= last }) }
    // Without the last of them it would not have been enough; as long as it is not, nobody stays.
    let freed = leaving.map { walk.held[$0]?.bytes ?? 0 }
    let missing = walk.staying + bytes - capacity
    #expect(leaving.isEmpty || freed.dropLast().reduce(0, +) < missing)
    #expect(stay.isEmpty || freed.reduce(0, +) >= missing)
    for owner in leaving { walk.held[owner]?.leaves = true }
    for owner in leaving { walk.held[owner]?.waitsSince = nil }
  }
}
