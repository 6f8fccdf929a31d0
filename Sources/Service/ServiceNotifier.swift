internal import CSystemd

/// Tells the service manager how the daemon is (sd_notify(3)).
///
/// Without one, every call does nothing.
public struct ServiceNotifier: Sendable {
  private let deliver: @Sendable (String) -> Void

  /// The notifier of this process; where `NOTIFY_SOCKET` leads is systemd's to say.
  ///
  /// A failed notification is no reason to fail: systemd has its own time-outs, and there may be no systemd.
  public init() { deliver = { _ = sd_notify(0, $0) } }

  /// A notifier whose states go elsewhere, which only tests may choose.
  package init(to deliver: @escaping @Sendable (String) -> Void) { self.deliver = deliver }

  /// The daemon can seal, open and accept.
  public func ready(status: String) { deliver("READY=1\nSTATUS=\(status)") }

  /// What the daemon waits for or does, for `systemctl status`.
  public func status(_ text: String) { deliver("STATUS=\(text)") }

  /// The daemon has begun to stop.
  public func stopping(status: String) { deliver("STOPPING=1\nSTATUS=\(status)") }
}
