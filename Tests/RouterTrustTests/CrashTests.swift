import Glibc
import Platform
import Sealing
import Testing

@testable import RouterTrust

/// What is left when the process dies, or the disk fills up, at any step.
@Suite struct CrashTests {
  /// Counts steps, and lets things happen at one of them.
  private final class Script: Sendable {
    private let steps = Locked([FileStep]())
    private let interfere: @Sendable (_ index: Int, FileStep) -> Interference?

    init(_ interfere: @escaping @Sendable (_ index: Int, FileStep) -> Interference? = { _, _ in nil }) {
      self.interfere = interfere
    }

    var taken: [FileStep] { steps.withLock { $0 } }

    func directory(_ path: String) -> StateDirectory {
      StateDirectory(path) { step in
        let index = self.steps.withLock { steps in
          steps.append(step)
          return steps.count - 1
        }
        return self.interfere(index, step)
      }
    }
  }

  private let old = fingerprint(1)
  private let new = fingerprint(2)

  private func prepare(_ directory: TemporaryDirectory, isFresh: Bool) throws {
    guard !isFresh else { return }
    try directory.record.accept(old, of: routerURL, at: 1, log: directory.log)
  }

  @discardableResult
  private func accept(_ state: StateDirectory) throws -> TrustStoreFault? {
    try TrustRecord(state).accept(new, of: routerURL, at: 2, log: TrustLog(state)).logFault
  }

  /// What holds whatever happened: the old or the new, a log without flaw, and it can be done again.
  private func check(_ directory: TemporaryDirectory, isFresh: Bool, _ what: String) throws {
    let keys = try directory.record.router(routerURL).trusted.map(\.key)
    #expect(keys == [new] || keys == (isFresh ? [] : [old]), "\(what)")
    let chain = try directory.log.verify()
    #expect(chain.flaw == nil, "\(what): \(String(describing: chain.flaw))")
    // What is trusted has its entry: never the other way round.
    if keys == [new] { #expect(chain.entries.last?.key == new, "\(what)") }
    #expect(try accept(StateDirectory(directory.path)) == nil, "\(what)")
    #expect(try directory.record.router(routerURL).trusted.map(\.key) == [new], "\(what)")
    let after = try directory.log.verify()
    #expect(after.flaw == nil && after.tornBytes == 0 && after.entries.last?.key == new, "\(what)")
    #expect(directory.names == ["trust.json", "trust.lock", "trust.log"], "\(what)")
  }

  @Test(arguments: [true, false])
  func `a process that dies before any step leaves the old or the new`(isFresh: Bool) throws {
    let whole = Script()
    let rehearsal = TemporaryDirectory()
    try prepare(rehearsal, isFresh: isFresh)
    try accept(whole.directory(rehearsal.path))
    #expect(whole.taken.count >= (isFresh ? 17 : 10))
    for death in whole.taken.indices {
      let directory = TemporaryDirectory()
      try prepare(directory, isFresh: isFresh)
      // Nothing happens any more from that step on, tidying up included.
      let script = Script { index, _ in index >= death ? .fail(EIO) : nil }
      _ = try? accept(script.directory(directory.path))
      try check(directory, isFresh: isFresh, "dead at \(death), \(whole.taken[death])")
    }
  }

  @Test(arguments: [true, false], [FileStep.write, .append])
  func `a process that dies in the middle of writing leaves the old or the new`(
    isFresh: Bool, step: FileStep
  ) throws {
    for bytes in [0, 1, 40, 100, 300] {
      let directory = TemporaryDirectory()
      try prepare(directory, isFresh: isFresh)
      let isDead = Locked(false)
      let script = Script { _, taken in
        if isDead.withLock({ $0 }) { return .fail(EIO) }
        guard taken == step else { return nil }
        isDead.withLock { $0 = true }
        return .failAfter(bytes: bytes, EIO)
      }
      _ = try? accept(script.directory(directory.path))
      try check(directory, isFresh: isFresh, "dead in \(step) after \(bytes) bytes")
    }
  }

  @Test(arguments: [ENOSPC, EDQUOT, EIO], [true, false])
  func `a step that fails leaves the old or the new, and nothing half done`(number: Int32, isFresh: Bool)
    throws
  {
    let whole = Script()
    let rehearsal = TemporaryDirectory()
    try prepare(rehearsal, isFresh: isFresh)
    try accept(whole.directory(rehearsal.path))
    for bad in whole.taken.indices {
      let directory = TemporaryDirectory()
      try prepare(directory, isFresh: isFresh)
      let script = Script { index, step in
        guard index == bad else { return nil }
        return step == .write || step == .append ? .failAfter(bytes: 30, number) : .fail(number)
      }
      _ = try? accept(script.directory(directory.path))
      #expect(
        !directory.names.contains("trust.json.new") || whole.taken[bad] == .remove
          || whole.taken[bad] == .rename)
      #expect(try directory.log.verify().tornBytes == 0)
      let keys = try directory.record.router(routerURL).trusted.map(\.key)
      #expect(keys == [new] || keys == (isFresh ? [] : [old]))
      _ = try accept(StateDirectory(directory.path))
      #expect(try directory.record.router(routerURL).trusted.map(\.key) == [new])
      #expect(try directory.log.verify().flaw == nil)
    }
  }

  @Test func `a log that cannot be written is a warning, and the key is remembered`() throws {
    let directory = TemporaryDirectory()
    let state = StateDirectory(directory.path) { $0 == .append ? .failAfter(bytes: 9, ENOSPC) : nil }
    guard case .system(_, _, ENOSPC) = try accept(state) else {
      Issue.record("no fault")
      return
    }
    #expect(try directory.record.router(routerURL).trusted.map(\.key) == [new])
    #expect(directory["trust.log"] == [])
  }
}
