internal import CSystemd

/// Tells the service manager how the daemon is (sd_notify(3)).
///
/// Without one, every call does nothing.
public struct ServiceNotifier: Sendable {
  /// The notifier of this process; where `NOTIFY_SOCKET` leads is systemd's to say.
  public init() {}

  /// The daemon can seal, open and accept.
  public func ready(status: String) { send("READY=1\nSTATUS=\(status)") }

  /// What the daemon waits for or does, for `systemctl status`.
  public func status(_ text: String) { send("STATUS=\(text)") }

  /// The daemon has begun to stop.
  public func stopping(status: String) { send("STOPPING=1\nSTATUS=\(status)") }

  /// A failed notification is no reason to fail: systemd has its own time-outs, and there may be no systemd.
  private func send(_ state: String) { _ = sd_notify(0, state) }
}
