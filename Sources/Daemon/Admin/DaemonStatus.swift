public import ClientKeys
public import Pacing
public import Platform
public import RouterTrust

/// What the running daemon says of itself (`GET /status`).
///
/// A copy taken at one moment. It holds nothing secret and nothing of any request.
public struct DaemonStatus: Sendable, Equatable {
  /// The work done so far.
  public struct Exchanges: Sendable, Equatable {
    /// Exchanges under way.
    public var inFlight = 0
    /// Exchanges whose caller was given an answer.
    public var answered = 0
    /// Exchanges that ended otherwise.
    public var failed = 0
    /// Requests that got no exchange.
    public var refused = 0
    /// Attempts after the first, over all exchanges.
    public var retries = 0
    /// The last one that ended otherwise, unless its caller had gone.
    public var lastFailure: Failure?

    /// Nothing has happened.
    public init() {}
  }

  /// What an exchange without an answer ended with.
  public struct Failure: Sendable, Equatable {
    /// Its class, by the name that it has in the metrics.
    public var name: String
    /// In seconds since 1970.
    public var at: Int

    /// A failure of that name and time.
    public init(name: String, at: Int) {
      self.name = name
      self.at = at
    }
  }

  /// The program's version, with its commit.
  public var version: String
  /// The process.
  public var pid: Int
  /// When the process started, in seconds since 1970.
  public var startedAt: Int
  /// How long it has run, in seconds by a clock that nobody sets.
  public var uptime: Int
  /// When this status was taken, in seconds since 1970.
  public var takenAt: Int
  /// The configuration file that was read last, if there was one.
  public var configurationFile: String?
  /// What the daemon waits for before it can seal and open, as `/readyz` names it; empty when it is ready.
  public var waitingFor: [String] = []
  /// Why it waits, in words, where that is known.
  public var reason: String?
  /// The keys that answers are sealed to.
  public var clientKeys: ClientKeyStatus
  /// The key that requests are sealed to.
  public var routerKey: RouterKeyStatus
  /// How far memory is protected.
  public var memory: SecureMemoryReport
  /// The work done so far.
  public var exchanges = Exchanges()
  /// What came of reading the configuration anew the last time; nil before the first.
  public var lastReload: ReloadOutcome?
  /// The rate, the queue and the breaker.
  public var pacing = PacingOverview()

  /// What the daemon waits for once it has begun to stop.
  static let draining = "draining"

  /// Whether the daemon has begun to stop: callers are let in no more.
  public var isDraining: Bool { waitingFor.contains(Self.draining) }

  /// Whether a request can be sealed and its answer opened right now.
  public var isReady: Bool { waitingFor.isEmpty }

  /// A status of these parts; what has a default is set afterwards.
  public init(
    version: String, pid: Int, startedAt: Int, uptime: Int, takenAt: Int,
    clientKeys: ClientKeyStatus, routerKey: RouterKeyStatus, memory: SecureMemoryReport
  ) {
    self.version = version
    self.pid = pid
    self.startedAt = startedAt
    self.uptime = uptime
    self.takenAt = takenAt
    self.clientKeys = clientKeys
    self.routerKey = routerKey
    self.memory = memory
  }
}
