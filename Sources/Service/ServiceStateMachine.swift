/// What the service manager is told, and when: waiting, ready, reloading, stopping.
///
/// Each call returns the one notification to send, or nothing. After ``stopping(_:within:at:)`` nothing ever says
/// ready again. Times are those of a clock that nobody sets.
public struct ServiceStateMachine: Sendable {
  /// How the daemon is, as it was just seen.
  public struct Sight: Sendable, Equatable {
    /// Whether requests can be taken, sealed and opened.
    public var isReady: Bool
    /// The same for people.
    public var status: String

    /// What was seen.
    public init(isReady: Bool, status: String) {
      self.isReady = isReady
      self.status = status
    }
  }

  private enum Phase { case starting, running, reloading, stopping }

  /// What the service manager grants each time while it waits for the start.
  ///
  /// A daemon that is stuck asks no more and is ended after so long at the latest.
  public static let grant = Duration.seconds(30)
  /// How often that is asked for.
  static let grantEvery = Duration.seconds(10)
  /// Texts follow each other no faster: each is a message that systemd handles.
  public static let statusEvery = Duration.seconds(3)

  private var phase = Phase.starting
  private var told: (status: String, at: Duration)?
  private var granted: Duration?
  private var seen = Sight(isReady: false, status: "Starting")

  /// A daemon that has just begun to start.
  public init() {}

  /// Whether the end has begun.
  public var isStopping: Bool { phase == .stopping }

  /// Whether ready was ever said.
  public var hasStarted: Bool { phase == .running || phase == .reloading }

  /// The daemon was looked at.
  public mutating func saw(_ sight: Sight, at now: Duration) -> ServiceNotification? {
    seen = sight
    switch phase {
    case .starting where sight.isReady:
      phase = .running
      return ready(at: now)
    case .starting:
      let status = newStatus(at: now)
      guard granted.map({ now - $0 >= Self.grantEvery }) ?? true else { return status }
      granted = now
      return status.map { extended(Self.grant, $0) } ?? Self.extending(Self.grant)
    case .running, .stopping: return newStatus(at: now)
    case .reloading: return nil
    }
  }

  /// The configuration is about to be read anew.
  ///
  /// - Parameter monotonic: `CLOCK_MONOTONIC` in microseconds, by which systemd tells one reload from another.
  public mutating func reloadBegan(monotonic: Int) -> ServiceNotification? {
    guard phase == .running else { return nil }
    phase = .reloading
    return ServiceNotification("RELOADING=1").adding("MONOTONIC_USEC=\(monotonic)")
      .adding(ServiceNotification.status("Reading the configuration anew").text)
  }

  /// The configuration was read, and taken over or not.
  public mutating func reloadEnded(at now: Duration) -> ServiceNotification? {
    guard phase == .reloading else { return nil }
    phase = .running
    return ready(at: now)
  }

  /// The end has begun.
  ///
  /// - Parameter limit: How long it takes at most; the service manager is asked to wait that long.
  public mutating func stopping(
    _ status: String, within limit: Duration, at now: Duration
  ) -> ServiceNotification? {
    guard phase != .stopping else { return nil }
    phase = .stopping
    seen.status = status
    told = (status, now)
    return extended(
      limit, ServiceNotification("STOPPING=1").adding(ServiceNotification.status(status).text))
  }

  private mutating func ready(at now: Duration) -> ServiceNotification {
    told = (seen.status, now)
    return ServiceNotification("READY=1").adding(ServiceNotification.status(seen.status).text)
  }

  private mutating func newStatus(at now: Duration) -> ServiceNotification? {
    if let told, told.status == seen.status || now - told.at < Self.statusEvery { return nil }
    told = (seen.status, now)
    return .status(seen.status)
  }

  private static func extending(_ span: Duration) -> ServiceNotification {
    ServiceNotification("EXTEND_TIMEOUT_USEC=\(Int(span / .microseconds(1)))")
  }

  private func extended(_ span: Duration, _ notification: ServiceNotification) -> ServiceNotification {
    notification.adding(Self.extending(span).text)
  }
}
