internal import CSystemd
import Glibc

/// Tells the service manager how the daemon is (sd_notify(3)).
///
/// Without one, every call does nothing.
public struct ServiceNotifier: Sendable {
  private let deliver: @Sendable (String) -> Void
  /// Whether there is a service manager that listens.
  public let isHeard: Bool

  /// The notifier of this process; where `NOTIFY_SOCKET` leads is systemd's to say.
  ///
  /// A failed notification is no reason to fail: systemd has its own time-outs, and there may be no systemd.
  public init() {
    deliver = { _ = sd_notify(0, $0) }
    isHeard = getenv("NOTIFY_SOCKET").map { $0.pointee != 0 } ?? false
  }

  /// A notifier whose notifications go elsewhere, which only tests may choose.
  package init(to deliver: @escaping @Sendable (String) -> Void) {
    self.deliver = deliver
    isHeard = true
  }

  /// Sends one notification.
  public func send(_ notification: ServiceNotification) { deliver(notification.text) }
}

/// One message to the service manager: assignments, a line each.
public struct ServiceNotification: Sendable, Equatable {
  /// As sd_notify(3) takes it.
  public private(set) var text: String

  /// The loops of the daemon came round since the last one.
  public static let watchdog = ServiceNotification("WATCHDOG=1")

  init(_ assignment: String) { text = assignment }

  func adding(_ assignment: String) -> ServiceNotification {
    ServiceNotification("\(text)\n\(assignment)")
  }

  /// `STATUS=`, on one line and of a length that people read.
  ///
  /// Parts of it are others' words: a line end in them would begin another assignment.
  static func status(_ text: String) -> ServiceNotification {
    let line = text.unicodeScalars.prefix(longestStatus).map { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: Unicode.Scalar(0x20 as UInt8)
      default: scalar
      }
    }
    return ServiceNotification("STATUS=" + String(String.UnicodeScalarView(line)))
  }

  private static let longestStatus = 480
}
