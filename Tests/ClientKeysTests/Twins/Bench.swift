import Glibc
import Platform
import Sealing
import TestTwins

@testable import ClientKeys

/// A ring with everything around it in the hands of a test.
final class Bench: Sendable {
  struct Broken: Error, Equatable, CustomStringConvertible {
    var description: String { "broken on purpose" }
  }

  /// A store in memory that can refuse.
  final class Shelf: ClientKeyStore {
    let fails = Locked(false)
    let saved = Locked<[KeyFingerprint]>([])

    func save(_ pair: RSAPrivateKey) throws {
      if fails.withLock({ $0 }) { throw Broken() }
      saved.withLock { $0.append(pair.publicKey.fingerprint) }
    }
  }

  struct State: Sendable {
    /// How many pairs may still be made; who makes one beyond that waits.
    var permits = Int.max
    var fails = false
    var attempts = 0
    /// How many threads make a pair right now.
    var making = 0
    var isOver = false
    /// What the ring told, in order.
    var told: [String] = []
  }

  let clock = ManualClock()
  let wall = Locked(1_000_000)
  let shelf = Shelf()
  let state = Watched(State())
  let ring: ClientKeyRing

  init(_ policy: RotationPolicy, isStored: Bool = false, makers: Int = 1, bits: Int = 1024) {
    ring = ClientKeyRing(
      policy: policy, threads: WorkerThreads(count: makers, name: "test-keygen"),
      idleThreads: WorkerThreads(count: 1, name: "test-pool", priority: .idle),
      wallClock: { [wall] in wall.withLock { $0 } }, clock: clock, jitter: { 0 },
      store: isStored ? shelf : nil,
      makePair: { [state] in
        try Self.begin(state)
        defer { state.update { $0.making -= 1 } }
        return try RSAPrivateKey.generate(bits: bits)
      },
      onEvent: { [state] event in state.update { $0.told.append(Self.line(event)) } })
  }

  /// OpenSSL takes itself apart when the process exits: no thread may be in it then.
  deinit {
    state.update { $0.isOver = true }
    while state.value.making > 0 { usleep(500) }
  }

  /// Blocks the thread until a pair may be made.
  private static func begin(_ state: Watched<State>) throws {
    state.update { $0.attempts += 1 }
    while true {
      let mayBegin: Bool? = state.update { state in
        if state.isOver || state.fails { return nil }
        guard state.permits > 0 else { return false }
        state.permits -= 1
        state.making += 1
        return true
      }
      guard let mayBegin else { throw Broken() }
      if mayBegin { return }
      usleep(500)
    }
  }

  private static func line(_ event: ClientKeyEvent) -> String {
    switch event {
    case .current(let generation): "current \(generation.number)"
    case .retired(let number, let reason, let uses): "retired \(number) \(reason) \(uses)"
    case .failed(let description, let retryIn): "failed \(description) \(retryIn)"
    }
  }

  /// Lets both clocks run.
  func advance(by seconds: Int) {
    wall.withLock { $0 += seconds }
    clock.advance(by: .seconds(seconds))
  }

  /// Returns once the ring has told this.
  func untilTold(_ line: String) async {
    await state.until { $0.told.contains(line) }
  }

  /// Returns once the status is as wanted.
  func until(_ holds: (ClientKeyStatus) -> Bool) async {
    while !holds(ring.status) { await Task.yield() }
  }

  /// Runs the ring's worker while `body` runs.
  func whileRunning(_ body: (ClientKeyRing) async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await self.ring.run() }
      defer { group.cancelAll() }
      try await body(ring)
    }
  }
}
