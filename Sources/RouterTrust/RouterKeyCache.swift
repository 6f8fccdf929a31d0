public import Platform
public import Sealing

/// Keeps the router's key, so that it is fetched once and not for every request, and holds it against what is trusted.
///
/// All who need a key while none is there wait for one look. A look that has begun goes on when those who wait for it
/// give up: the next request needs it as well. While a look fails the known key stays in use; while the router shows
/// a key that is not trusted nothing is in use.
public actor RouterKeyCache {
  /// Brings the key document from the router.
  public typealias Fetch = @Sendable () async throws -> FetchedKeyDocument

  private typealias Outcome = Result<RouterKey, any Error>
  private typealias Waiter = CheckedContinuation<Outcome, any Error>

  private let router: String
  private let policy: TrustPolicy
  private let minimumBits: Int
  private let record: TrustRecord?
  private let logs: Bool
  private let wallClock: @Sendable () -> Int
  private let clock: LookClock
  private let onRefusal: @Sendable (UntrustedRouterKey) -> Void
  private let fetchDocument: Fetch

  private var machine = LookMachine()
  /// A router that shows one key and then another must not fill the disk.
  private var entries = Allowance(32, every: .seconds(120))
  private var waiters: [Int: Waiter] = [:]
  private var lastTicket = 0

  private var known: RouterKey?
  private var trusted: RouterKeyStatus.Trusted?
  private var refusal: UntrustedRouterKey?
  /// All there is without a record, else the record as it was last read.
  private var remembered = RememberedRouter()
  private var lastLook: Int?
  private var lastFailure: (any Error)?
  private var warning: String?

  /// An empty cache.
  ///
  /// - Parameters:
  ///   - router: The router's address, under which its keys are remembered.
  ///   - policy: What makes a key trusted.
  ///   - minimumBits: Shorter keys are refused.
  ///   - record: Where keys are remembered; nil to do so only while the process runs.
  ///   - log: Where changes are logged; it needs the record beside it.
  ///   - wallClock: Seconds since 1970.
  ///   - clock: What back-off and age are measured by.
  ///   - onRefusal: Called when the router begins to show a key that is not trusted, whoever found out.
  ///   - fetch: Brings the document of `GET /pki/public_key`.
  public init(
    router: String, policy: TrustPolicy, minimumBits: Int, record: TrustRecord? = nil, log: TrustLog? = nil,
    wallClock: @escaping @Sendable () -> Int = WallClock.seconds, clock: LookClock = .continuous,
    onRefusal: @escaping @Sendable (UntrustedRouterKey) -> Void = { _ in }, fetch: @escaping Fetch
  ) {
    self.router = router
    self.policy = policy
    self.minimumBits = minimumBits
    self.record = record
    logs = record != nil && log != nil
    self.wallClock = wallClock
    self.clock = clock
    self.onRefusal = onRefusal
    fetchDocument = fetch
  }

  // MARK: What is known

  /// The trusted key to seal for, without asking for one; nil while the router shows one that is not trusted.
  public var knownKey: RouterKey? { refusal == nil ? known : nil }

  /// What is known, for people and for metrics.
  public var status: RouterKeyStatus {
    var status = RouterKeyStatus(router: router, mode: policy.mode)
    status.trusted = trusted
    status.refused = refusal?.shown
    status.lastLook = lastLook
    status.lastFailure = lastFailure.map { "\($0)" }
    status.age = known.map { $0.fetchedAt.duration(to: clock.now()) }
    status.warning = warning
    return status
  }

  // MARK: Asking

  /// The key to seal for: the known one, or else the result of a look that all callers share.
  ///
  /// - Throws: `UntrustedRouterKey`, what the fetch threw, `KeyDocumentError` for a document that is refused,
  ///   `TrustStoreFault` where trust rests on a record that cannot be used, or `CancellationError`. Shortly after a
  ///   failure it is that failure again.
  public func current() async throws -> RouterKey {
    if let knownKey { return knownKey }
    return try await look(.wanted)
  }

  /// Looks at the router's key again.
  ///
  /// - Parameter force: Whether to look now, also shortly after a failure, and not to make do with a look that began
  ///   before.
  /// - Throws: as `current` does.
  @discardableResult
  public func refresh(force: Bool = false) async throws -> RouterKey {
    try await force ? look(.forced, after: machine.begun) : look(.wanted)
  }

  /// After the router rejected an envelope that was sealed for `used`: the key to seal for now, or nil if it is still
  /// the same and sealing anew would be in vain.
  ///
  /// That it is the same is only taken from a look that began after the rejection came: an earlier one may have seen
  /// the old key. Such looks are shared, and held to one in a second when many are in vain.
  public func replacement(for used: RouterKey) async throws -> RouterKey? {
    func isNew(_ key: RouterKey) -> Bool { key.publicKey.fingerprint != used.publicKey.fingerprint }
    if let knownKey, isNew(knownKey) { return knownKey }
    let key = try await look(.rejected, after: machine.begun, orWhen: isNew)
    return isNew(key) ? key : nil
  }

  /// Takes a person's word for a key: remembers it, logs it, and looks at once whether the router shows it.
  ///
  /// - Parameter keepingOthers: Whether the keys that were trusted before stay so.
  /// - Returns: what is known after that look, whether it brought a key or not.
  /// - Throws: `AcceptanceRefused` where the configuration decides, `TrustStoreFault` when it cannot be remembered.
  @discardableResult
  public func accept(
    _ fingerprint: KeyFingerprint, keepingOthers: Bool = false
  ) async throws -> RouterKeyStatus {
    guard policy.mode == .firstUse else { throw AcceptanceRefused(mode: policy.mode) }
    let time = wallClock()
    if let record {
      let log = logs ? TrustLog(record.store.directory) : nil
      let (kept, fault) = try await Self.onThread { [router] in
        try record.accept(fingerprint, of: router, keepingOthers: keepingOthers, at: time, log: log)
      }
      (remembered, warning) = (kept, fault?.description)
    } else {
      remembered.accept(fingerprint, keepingOthers: keepingOthers, at: time)
    }
    let keys = remembered.trusted.map(\.key) + policy.pins
    if let shown = refusal?.shown, keys.contains(shown) { refusal = nil }
    if let key = known?.publicKey.fingerprint, !keys.contains(key) { (known, trusted) = (nil, nil) }
    _ = try? await look(.forced, after: machine.begun)
    return status
  }

  // MARK: Looking

  /// The result of a look, begun now or joined.
  ///
  /// - Parameters:
  ///   - count: Only a look counts that begins when so many others have begun.
  ///   - isEnough: Which key to be content with even if it comes from an earlier look.
  private func look(
    _ demand: LookMachine.Demand, after count: Int = 0, orWhen isEnough: (RouterKey) -> Bool = { _ in false }
  ) async throws -> RouterKey {
    while true {
      switch machine.asked(demand, at: clock.now()) {
      case .join: break
      case .begin(let wait): Task { await look(after: wait) }
      case .remember: throw lastFailure ?? CancellationError()
      }
      let number = machine.number
      let outcome = try await outcome()
      if number > count { return try outcome.get() }
      if case .success(let key) = outcome, isEnough(key) { return key }
    }
  }

  /// The outcome of the look that is under way or about to begin.
  private func outcome() async throws -> Outcome {
    lastTicket += 1
    let ticket = lastTicket
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { waiter in
        // A cancellation that came before this line found nobody to resume.
        if Task.isCancelled {
          waiter.resume(throwing: CancellationError())
        } else {
          waiters[ticket] = waiter
        }
      }
    } onCancel: {
      Task { await giveUp(ticket) }
    }
  }

  /// How many wait for a look.
  var waiting: Int { waiters.count }

  private func giveUp(_ ticket: Int) {
    waiters.removeValue(forKey: ticket)?.resume(throwing: CancellationError())
  }

  private func look(after wait: Duration) async {
    if wait > .zero { try? await clock.sleep(wait) }
    machine.began()
    let outcome: Outcome
    let ending: LookMachine.Ending
    do {
      outcome = .success(try await sight())
      (lastFailure, ending) = (nil, .trusted)
    } catch {
      outcome = .failure(error)
      lastFailure = error
      ending = (error as? any KeyFetchFailure)?.isUnreached == true ? .unreached : .failed
    }
    lastLook = wallClock()
    machine.ended(ending, at: clock.now())
    let waiting = waiters
    waiters = [:]
    for waiter in waiting.values { waiter.resume(returning: outcome) }
  }

  /// Fetches the key, judges it, and takes it or refuses.
  private func sight() async throws -> RouterKey {
    let document = try await fetchDocument()
    let publicKey = try await Self.publicKey(in: document.bytes, minimumBits: minimumBits)
    let key = RouterKey(publicKey: publicKey, fetchedAt: clock.now())
    let sighting = KeySighting(
      key: publicKey.fingerprint, bits: publicKey.bits, certificate: document.certificate, time: wallClock())
    switch try await verdict(on: sighting) {
    case .trusted(let source):
      known = key
      trusted = RouterKeyStatus.Trusted(
        fingerprint: sighting.key, bits: sighting.bits, fetchedAt: sighting.time, acceptedBy: source.rawValue)
      refusal = nil
      return key
    case .refused(let trusted):
      let refusal = UntrustedRouterKey(
        router: router, shown: sighting.key, trusted: trusted, mode: policy.mode)
      if refusal != self.refusal { onRefusal(refusal) }
      self.refusal = refusal
      throw refusal
    }
  }

  private func verdict(on sighting: KeySighting) async throws -> TrustVerdict {
    // Without a record there is no pause between reading and changing what is remembered.
    guard let record else { return policy.judge(sighting, of: router, &remembered).verdict }
    do {
      // What was taken away must not look like a fresh start.
      let isForgotten = try !remembered.trusted.isEmpty && record.router(router).trusted.isEmpty
      guard !isForgotten else { throw TrustStoreFault.forgotten(path: record.path) }
      let recorded: RecordedVerdict
      if let unchanged = try record.judge(sighting, of: router, by: policy) {
        recorded = unchanged
      } else {
        let isLate = entries.wait(at: clock.now()) > .zero
        if !isLate { entries.take(at: clock.now()) }
        recorded = try await Self.onThread { [router, policy, logs] in
          try record.keep(sighting, of: router, by: policy, logging: logs, isLate: isLate)
        }
      }
      (remembered, warning) = (recorded.known, recorded.fault?.description)
      return recorded.verdict
    } catch let fault as TrustStoreFault {
      warning = fault.description
      return try verdict(on: sighting, without: fault)
    }
  }

  /// The verdict by what this process remembers, when the record cannot be used.
  private func verdict(on sighting: KeySighting, without fault: TrustStoreFault) throws -> TrustVerdict {
    let restsOnRecord = policy.mode == .firstUse && policy.pins.isEmpty
    guard !restsOnRecord || !remembered.trusted.isEmpty else { throw fault }
    var remembered = remembered
    return policy.judge(sighting, of: router, &remembered).verdict
  }

  /// Reads the document, off this actor: the tests of a modulus take milliseconds.
  @concurrent
  private static func publicKey(in document: [UInt8], minimumBits: Int) async throws -> RSAPublicKey {
    let publicKey = try RSAPublicKey(document: document, minimumBits: minimumBits)
    try publicKey.validate()
    return publicKey
  }

  /// Does what may wait for a disk or for another process's lock on a thread that may: it is seldom, and the thread
  /// ends with it.
  private static func onThread<Result: Sendable>(
    _ work: @escaping @Sendable () throws -> sending Result
  ) async throws -> Result {
    try await WorkerThreads(count: 1, name: "trust").run(work)
  }
}
