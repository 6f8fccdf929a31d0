import Platform
public import Sealing

/// What is remembered of routers: the file `trust.json` in the state directory, mode 0600.
///
/// It is replaced as a whole, so it is always the old one or the new one. A file that others could have written, or
/// that is not understood, is a fault and stays as it is.
public struct TrustRecord: Sendable {
  let store: TrustStore

  /// The record in a state directory, which need not exist yet.
  public init(directory: String) {
    self.init(StateDirectory(directory))
  }

  package init(_ directory: StateDirectory) {
    store = TrustStore(directory: directory)
  }

  /// Where the file is.
  public var path: String { store.recordPath }

  /// What is remembered of every router, by address.
  public func routers() throws(TrustStoreFault) -> [String: RememberedRouter] {
    try store.book().routers
  }

  /// What is remembered of one router: nothing, if it never was heard of.
  public func router(_ address: String) throws(TrustStoreFault) -> RememberedRouter {
    try store.book().routers[address] ?? RememberedRouter()
  }

  /// Remembers a person's word that a key is the router's, and logs it.
  ///
  /// - Parameters:
  ///   - keepingOthers: Whether the keys that were trusted before stay so.
  ///   - time: Seconds since 1970.
  /// - Returns: what is remembered now, and why the log has no entry, nil if it has.
  @discardableResult
  public func accept(
    _ key: KeyFingerprint, of router: String, keepingOthers: Bool = false, at time: Int, log: TrustLog?
  ) throws(TrustStoreFault) -> (router: RememberedRouter, logFault: TrustStoreFault?) {
    try change(router, logging: log != nil) { known in
      known.accept(key, keepingOthers: keepingOthers, at: time)
      return TrustLogNote(time: time, router: router, event: .accepted, key: key, acceptedBy: .operator)
    }
  }

  /// Remembers in advance that a key may come, and logs it.
  ///
  /// - Parameter time: Seconds since 1970.
  /// - Returns: what is remembered now, and why the log has no entry, nil if it has or had not to.
  @discardableResult
  public func pin(
    _ key: KeyFingerprint, of router: String, at time: Int, log: TrustLog?
  ) throws(TrustStoreFault) -> (router: RememberedRouter, logFault: TrustStoreFault?) {
    try change(router, logging: log != nil) { known in
      guard known.pin(key, at: time) else { return nil }
      return TrustLogNote(time: time, router: router, event: .pinned, key: key, acceptedBy: .pin)
    }
  }

  private func change(
    _ address: String, logging: Bool, _ body: (inout RememberedRouter) -> TrustLogNote?
  ) throws(TrustStoreFault) -> (router: RememberedRouter, logFault: TrustStoreFault?) {
    var known = RememberedRouter()
    let fault = try store.change(logging: logging) { book in
      known = book.routers[address] ?? RememberedRouter()
      let note = body(&known)
      book.routers[address] = known
      return note
    }
    return (known, fault)
  }
}

// MARK: Looks

/// What came of judging a key with a record.
struct RecordedVerdict: Sendable {
  var verdict: TrustVerdict
  /// What is remembered of the router now.
  var known: RememberedRouter
  /// What could not be kept or logged although the verdict stands.
  var fault: TrustStoreFault?
}

extension TrustRecord {
  /// Judges a key by what the file says now; nil when that would change something, and so takes `keep`.
  func judge(
    _ sighting: KeySighting, of router: String, by policy: TrustPolicy
  ) throws(TrustStoreFault) -> RecordedVerdict? {
    let before = try self.router(router)
    var known = before
    let verdict = policy.judge(sighting, of: router, &known).verdict
    return known == before ? RecordedVerdict(verdict: verdict, known: known) : nil
  }

  /// Judges a key and keeps what is to be remembered and logged.
  ///
  /// - Parameters:
  ///   - logging: Whether there is a log for it.
  ///   - isLate: Whether an entry has to wait, because there were many: then what was seen is not remembered either,
  ///     so that a later look has its entry.
  /// - Throws: when what trust rests on cannot be read, or cannot be kept: a first use that is forgotten is none.
  func keep(
    _ sighting: KeySighting, of router: String, by policy: TrustPolicy, logging: Bool, isLate: Bool
  ) throws(TrustStoreFault) -> RecordedVerdict {
    let before = try self.router(router)
    var known = before
    var verdict = policy.judge(sighting, of: router, &known).verdict
    do throws(TrustStoreFault) {
      let (router, fault) = try change(router, logging: logging && !isLate) { current in
        known = current
        let judged = policy.judge(sighting, of: router, &known)
        verdict = judged.verdict
        if isLate { known.seen = current.seen }
        current = known
        return judged.note
      }
      return RecordedVerdict(verdict: verdict, known: router, fault: fault)
    } catch {
      guard known.trusted == before.trusted else { throw error }
      return RecordedVerdict(verdict: verdict, known: before, fault: error)
    }
  }
}
