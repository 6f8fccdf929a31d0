import Sealing

/// Keeps the router's key, so that it is fetched once and not for every request.
///
/// All who need a key while none is there wait for one fetch. A fetch that has begun goes on when those who wait for it
/// give up: the next request needs it as well.
public actor RouterKeyCache {
  /// Brings the key document from the router.
  public typealias Fetch = @Sendable () async throws -> [UInt8]

  private typealias Waiter = CheckedContinuation<RouterKey, any Error>

  private let fetchDocument: Fetch
  private let minimumBits: Int
  private var known: RouterKey?
  private var isFetching = false
  private var waiters: [Int: Waiter] = [:]
  private var lastTicket = 0

  /// An empty cache.
  ///
  /// - Parameters:
  ///   - minimumBits: Shorter keys are refused.
  ///   - fetchDocument: Brings the document of `GET /pki/public_key`.
  public init(minimumBits: Int, fetchDocument: @escaping Fetch) {
    self.minimumBits = minimumBits
    self.fetchDocument = fetchDocument
  }

  /// The key that is known, without asking for one.
  public var knownKey: RouterKey? { known }

  /// The key to seal for: the known one, or else the result of a fetch that all callers share.
  ///
  /// - Throws: What the fetch threw, `KeyDocumentError` for a document that is refused, or `CancellationError`.
  public func current() async throws -> RouterKey {
    if let known { return known }
    return try await refresh()
  }

  /// Looks at the router's key again.
  ///
  /// The known key stays in use until the new one is there, and when it does not come.
  @discardableResult
  public func refresh() async throws -> RouterKey {
    if !isFetching {
      isFetching = true
      Task { await fetch() }
    }
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

  /// After the router rejected an envelope that was sealed for `used`: the key to seal for now, or nil if it is still the
  /// same and sealing anew would be in vain.
  public func replacement(for used: RouterKey) async throws -> RouterKey? {
    if let known, known.publicKey.fingerprint != used.publicKey.fingerprint { return known }
    let fresh = try await refresh()
    return fresh.publicKey.fingerprint == used.publicKey.fingerprint ? nil : fresh
  }

  private func fetch() async {
    let result: Result<RouterKey, any Error>
    do {
      let document = try await fetchDocument()
      let publicKey = try RSAPublicKey(document: document, minimumBits: minimumBits)
      try publicKey.validate()
      result = .success(RouterKey(publicKey: publicKey, fetchedAt: .now))
    } catch { result = .failure(error) }
    if case .success(let key) = result { known = key }
    isFetching = false
    let waiting = waiters
    waiters = [:]
    for waiter in waiting.values { waiter.resume(with: result) }
  }

  private func giveUp(_ ticket: Int) {
    waiters.removeValue(forKey: ticket)?.resume(throwing: CancellationError())
  }
}
