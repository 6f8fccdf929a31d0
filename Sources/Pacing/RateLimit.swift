/// Counts what was sent under one API key and tells when the next request may be.
///
/// The rule, wherever a second begins: it sees at most `perSecond` requests, except that one second in each
/// `window` may see `burst`. What goes beyond `perSecond` is an extra; all extras of a burst fall into one second,
/// which begins with the oldest request that they are counted with. From the last request of a burst to the first
/// of the next it is a whole window, so that no ten seconds, however the router cuts them, hold parts of two.
///
/// What counts is the moment of sending. A request that was admitted and not sent yet may be sent at any moment, so
/// it counts in every second until then.
struct RateLimit: Sendable {
  private struct Burst: Sendable {
    /// Until then further extras belong to it.
    var ends: Duration
    /// Those of its requests that were not sent yet.
    var unsent: Set<Int> = []
    /// When the latest of its requests was sent.
    var lastSent: Duration?
  }

  private let perSecond: Int
  private let burst: Int
  private let second: Duration
  private let window: Duration

  /// Admitted and not sent yet.
  private var unsent: Set<Int> = []
  /// When requests were sent; ascending, not much older than a second.
  private var sent: [Duration] = []
  private var lastBurst: Burst?
  /// No burst begins before.
  private var burstsFrom = Duration.zero
  /// When the router had the latest reason to find that we send much.
  private(set) var lastStrain: Duration?

  init(_ policy: PacingPolicy) {
    perSecond = policy.perSecond
    burst = policy.burst
    second = .seconds(1) + policy.margin
    window = policy.window + policy.margin
  }

  private var isOff: Bool { perSecond <= 0 }
}

// MARK: - What happens

extension RateLimit {
  /// A request may be sent from now on.
  mutating func admitted(_ request: Int, at now: Duration) {
    guard !isOff else { return }
    forget(until: now)
    let isExtra = sent.count + unsent.count >= perSecond
    unsent.insert(request)
    guard isExtra else { return }
    var current = lastBurst.flatMap { now < $0.ends ? $0 : nil } ?? Burst(ends: (sent.first ?? now) + second)
    // Those that are still to be sent may fall into the same second.
    current.unsent.formUnion(unsent)
    lastBurst = current
  }

  /// A request goes out.
  mutating func sent(_ request: Int, at now: Duration) {
    guard unsent.remove(request) != nil else { return }
    forget(until: now)
    sent.append(now)
    guard lastBurst?.unsent.remove(request) != nil else { return }
    lastBurst?.lastSent = now
    lastStrain = now
  }

  /// A request ended; when it was never sent, it does not count.
  mutating func ended(_ request: Int) {
    unsent.remove(request)
    lastBurst?.unsent.remove(request)
  }

  /// The router found that it was too much: somebody else may use the same key.
  ///
  /// No burst for a window.
  mutating func exceeded(at now: Duration) {
    lastStrain = now
    if let ends = lastBurst?.ends { lastBurst?.ends = min(ends, now) }
    burstsFrom = now + window
  }

  private mutating func forget(until now: Duration) {
    sent.removeFirst(sent.prefix { $0 + second <= now }.count)
  }
}

// MARK: - What is to be told

extension RateLimit {
  /// The earliest moment, as far as it is known now, at which a request may be admitted.
  ///
  /// `now`: at once. Nil: not before one that was admitted has been sent.
  func nextSlot(at now: Duration) -> Duration? {
    if isOff { return now }
    let recent = sent.drop { $0 + second <= now }
    let count = recent.count + unsent.count
    if count < perSecond { return now }
    let gone = count - perSecond
    let regular = gone < recent.count ? recent[recent.startIndex + gone] + second : nil
    guard count < burst, let extra = nextExtra(recent, at: now) else { return regular }
    return regular.map { min($0, extra) } ?? extra
  }

  private func nextExtra(_ recent: ArraySlice<Duration>, at now: Duration) -> Duration? {
    var earliest = burstsFrom
    if let lastBurst {
      if now < lastBurst.ends { return now }
      guard lastBurst.unsent.isEmpty else { return nil }
      if let lastSent = lastBurst.lastSent { earliest = max(earliest, lastSent + window) }
    }
    // An extra makes a burst of everything in the same second: none of that may belong to the last window.
    if let tooOld = recent.last(where: { $0 < earliest }) { earliest = max(earliest, tooOld + second) }
    return max(now, earliest)
  }

  /// When the last of so many further requests can be admitted, if all are sent at once and nobody else comes.
  func forecast(_ count: Int, from start: Duration) -> Duration {
    var future = self
    for request in unsent { future.sent(request, at: start) }
    var time = start
    for number in 0..<count {
      while let slot = future.nextSlot(at: time), slot > time { time = slot }
      // Numbers of requests are positive.
      future.admitted(-1 - number, at: time)
      future.sent(-1 - number, at: time)
    }
    return time
  }

  /// Whether a limit to which nothing has happened would decide the same from now on.
  func isFresh(at now: Duration) -> Bool {
    if let lastBurst, now < lastBurst.ends { return false }
    if let lastSent = lastBurst?.lastSent, now < lastSent + window { return false }
    return unsent.isEmpty && sent.allSatisfy { $0 + second <= now } && burstsFrom <= now
  }
}
