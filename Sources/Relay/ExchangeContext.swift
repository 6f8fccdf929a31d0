public import ClientKeys
public import Platform
public import RouterTrust

/// What every exchange works with.
public struct ExchangeContext: Sendable {
  let router: RouterClient
  let routerKeys: RouterKeyCache
  let clientKeys: ClientKeyRing
  let workers: WorkerThreads
  let retries: Int
  let padsRequests: Bool
  let clock: any Clock<Duration>
  /// The time that has passed by that clock.
  let uptime: @Sendable () -> Duration
  private let tolerance = Locked(MemberTolerance())

  /// - Parameters:
  ///   - workers: Where answers are opened; their number is how many RSA operations run at once.
  ///   - retries: The most retries for one exchange.
  ///   - padsRequests: Whether the length of a prompt is hidden in a size class.
  ///   - clock: What is waited by: between attempts, and for the moments when a caller is told something.
  public init(
    router: RouterClient, routerKeys: RouterKeyCache, clientKeys: ClientKeyRing, workers: WorkerThreads,
    retries: Int, padsRequests: Bool = true, clock: (any Clock<Duration>)? = nil
  ) {
    self.router = router
    self.routerKeys = routerKeys
    self.clientKeys = clientKeys
    self.workers = workers
    self.retries = retries
    self.padsRequests = padsRequests
    self.clock = clock ?? SlicedClock()
    uptime = self.clock.stopwatch()
  }

  /// What was learned of the router's tolerance, and now.
  func tolerance<Result>(_ body: (inout MemberTolerance, Duration) -> Result) -> Result {
    let now = uptime()
    return tolerance.withLock { body(&$0, now) }
  }
}
