public import Platform

/// What the daemon counts of its own work.
///
/// One lock for all of it: an exchange takes milliseconds, and a few of these calls well under a microsecond.
public final class Metrics: Sendable {
  /// How an exchange ended, in the few classes that an operator acts on differently.
  public enum ExchangeResult: String, Sendable, CaseIterable {
    /// The caller was given an answer.
    case answered
    /// The caller went away first, or the daemon stopped.
    case callerGone = "caller_gone"
    /// The router was not reached, or did not answer in time.
    case unreachable
    /// It did not get its turn: the rate, the queue, the breaker, or the caller's own deadline.
    case held
    /// The router answered with an error.
    case routerError = "router_error"
    /// The router's key, or its answer, did not pass the checks.
    case integrity
    /// No client key was there in time.
    case keyShortage = "key_shortage"
    /// The request cannot be sealed as it is.
    case requestError = "request_error"
    /// There was no room for the answer beside those of others.
    case noRoom = "no_room"
    /// The daemon failed on its own account.
    case internalError = "internal_error"
  }

  /// What an exchange spends its time on.
  public enum Phase: String, Sendable, CaseIterable {
    /// Waiting for keys, for the turn, and between attempts.
    case queue
    /// Sealing.
    case seal
    /// From sending to the last byte of the answer.
    case router
    /// Opening the answer.
    case open
  }

  /// The sums that `status` shows.
  public struct Totals: Sendable, Equatable {
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
    /// The last exchange that ended otherwise, unless its caller had gone.
    public var lastFailure: Failure?

    /// Nothing has happened.
    public init() {}
  }

  /// What the last exchange without an answer ended with.
  public struct Failure: Sendable, Equatable {
    /// Its class.
    public var result: ExchangeResult
    /// In seconds since 1970.
    public var at: Int
  }

  /// One exchange that is over.
  public struct FinishedExchange: Sendable {
    /// How it ended.
    public var result: ExchangeResult
    /// From the arrival of the request to the end of the answer.
    public var total: Duration
    /// Where the time went; empty for an exchange that was given up half-way.
    public var phases: [Phase: Duration]
    /// Attempts after the first.
    public var retries: Int

    /// An exchange of these parts.
    public init(
      result: ExchangeResult, total: Duration, phases: [Phase: Duration] = [:], retries: Int = 0
    ) {
      self.result = result
      self.total = total
      self.phases = phases
      self.retries = retries
    }
  }

  struct State {
    var inFlight = 0
    var retries = 0
    var results: [ExchangeResult: Int] = [:]
    var refusals: [String: Int] = [:]
    var lastFailure: Failure?
    var total = DurationHistogram()
    var phases: [Phase: DurationHistogram] = [:]
    var tokens: [String: TokenCount] = [:]

    mutating func count(_ token: String?, _ change: (inout TokenCount) -> Void) {
      guard let token else { return }
      // Names come from a file and are few; should they ever not be, the number of labels stays bounded all the same.
      let isLabel = tokens[token] != nil || tokens.count < Metrics.tokenLimit
      change(&tokens[isLabel ? token : Metrics.otherCode, default: TokenCount()])
    }
  }

  /// What came under one local token.
  struct TokenCount {
    var requests = 0
    var exchanges = 0
    var inFlight = 0
  }

  /// More names than a file of tokens can have, and than any sane number of reloads brings.
  static let tokenLimit = 2048

  /// More distinct codes than the daemon has; what comes after them is counted together.
  static let refusalCodeLimit = 64
  /// Where refusals are counted whose code cannot be a label.
  static let otherCode = "other"

  private let state = Locked(State())
  private let wallClock: @Sendable () -> Int

  /// Nothing has happened.
  ///
  /// - Parameter wallClock: Seconds since 1970.
  public init(wallClock: @escaping @Sendable () -> Int = WallClock.seconds) { self.wallClock = wallClock }

  /// These local tokens there are, so that each is shown from the start; those that were taken away stay.
  public func know(tokens: [String]) {
    state.withLock { state in
      for token in tokens { state.count(token) { _ in } }
    }
  }

  /// A request is let in.
  ///
  /// - Parameter token: the name of the local token that it brought; never what a caller wrote.
  public func requestArrived(token: String?) {
    state.withLock { $0.count(token) { $0.requests += 1 } }
  }

  /// An exchange begins; `exchangeEnded` with the same token has to follow, once.
  public func exchangeBegan(token: String? = nil) {
    state.withLock { state in
      state.inFlight += 1
      state.count(token) { $0.inFlight += 1 }
    }
  }

  /// An exchange is over.
  public func exchangeEnded(_ exchange: FinishedExchange, token: String? = nil) {
    state.withLock { state in
      state.inFlight -= 1
      state.count(token) { count in
        count.inFlight -= 1
        count.exchanges += 1
      }
      state.retries += exchange.retries
      state.results[exchange.result, default: 0] += 1
      if exchange.result != .answered, exchange.result != .callerGone {
        state.lastFailure = Failure(result: exchange.result, at: wallClock())
      }
      state.total.observe(exchange.total)
      for (phase, duration) in exchange.phases { state.phases[phase, default: .init()].observe(duration) }
    }
  }

  /// A request got no exchange.
  ///
  /// - Parameter code: the daemon's own code for the reason. Codes come from a fixed table; should one ever not,
  ///   the number of labels stays bounded all the same.
  public func requestRefused(code: String) {
    state.withLock { state in
      let isLabel =
        state.refusals[code] != nil || state.refusals.count < Self.refusalCodeLimit && Self.isCode(code)
      state.refusals[isLabel ? code : Self.otherCode, default: 0] += 1
    }
  }

  /// The sums so far, all of one moment.
  public var totals: Totals {
    state.withLock { state in
      var totals = Totals()
      totals.inFlight = state.inFlight
      totals.answered = state.results[.answered] ?? 0
      totals.failed = state.results.values.reduce(0, +) - totals.answered
      totals.refused = state.refusals.values.reduce(0, +)
      totals.retries = state.retries
      totals.lastFailure = state.lastFailure
      return totals
    }
  }

  /// Everything counted so far, all of one moment.
  public var families: [MetricFamily] { state.withLock { $0 }.families }

  private static func isCode(_ text: String) -> Bool {
    (1...48).contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
  }
}
