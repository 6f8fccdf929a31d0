import Foundation
import Service
import Testing

/// What systemd reads from its end of `NOTIFY_SOCKET`, each time in a process of its own because the variable belongs to
/// the whole process.
@Suite struct ServiceNotifierTests {
  @Test func `notifications arrive as sd_notify(3) has them`() async {
    await #expect(processExitsWith: .success) {
      let systemd = try #require(NotifySocket())
      setenv("NOTIFY_SOCKET", systemd.path, 1)
      let notifier = ServiceNotifier()
      #expect(notifier.isHeard)
      var machine = ServiceStateMachine()
      for sight in [
        ServiceStateMachine.Sight(isReady: false, status: "Waiting"), .init(isReady: true, status: "Ready"),
      ] {
        if let notification = machine.saw(sight, at: .zero) { notifier.send(notification) }
      }
      notifier.send(.watchdog)
      #expect(systemd.receive() == "STATUS=Waiting\nEXTEND_TIMEOUT_USEC=30000000")
      #expect(systemd.receive() == "READY=1\nSTATUS=Ready")
      #expect(systemd.receive() == "WATCHDOG=1")
      #expect(systemd.receive() == nil)
    }
  }

  @Test func `without a service manager every call does nothing`() async {
    await #expect(processExitsWith: .success) {
      unsetenv("NOTIFY_SOCKET")
      let notifier = ServiceNotifier()
      #expect(!notifier.isHeard)
      notifier.send(.watchdog)
    }
  }

  @Test func `a service manager that is gone, or never was, is no reason to fail`() async {
    await #expect(processExitsWith: .success) {
      let path = try #require(NotifySocket()).path
      for value in [path, "/nonexistent/notify", "relative", ""] {
        setenv("NOTIFY_SOCKET", value, 1)
        ServiceNotifier().send(.watchdog)
      }
    }
  }

  @Test func `the watchdog's interval is this process's, and taken once`() async {
    await #expect(processExitsWith: .success) {
      #expect(Watchdog.takeInterval() == nil)
      setenv("WATCHDOG_USEC", "30000000", 1)
      setenv("WATCHDOG_PID", "\(getpid())", 1)
      #expect(Watchdog.takeInterval() == .seconds(30))
      #expect(getenv("WATCHDOG_USEC") == nil && getenv("WATCHDOG_PID") == nil)
      #expect(Watchdog.takeInterval() == nil)
      setenv("WATCHDOG_USEC", "30000000", 1)
      setenv("WATCHDOG_PID", "1", 1)
      #expect(Watchdog.takeInterval() == nil, "another process's")
    }
  }
}

/// Systemd's end: a datagram socket in the file system, gone with its last holder.
private final class NotifySocket {
  let path: String
  private let descriptor: Int32

  init?() {
    path =
      FileManager.default.temporaryDirectory.appending(
        path: "notify-\(getpid())-\(UInt32.random(in: 0 ... .max))"
      ).path
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let fits = withUnsafeMutableBytes(of: &address.sun_path) { room in
      guard path.utf8.count < room.count else { return false }
      room.copyBytes(from: path.utf8)
      return true
    }
    let isBound = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    guard descriptor >= 0, fits, isBound else { return nil }
  }

  deinit {
    close(descriptor)
    unlink(path)
  }

  /// The next notification that is there, nil if none is: a datagram is there when its sending returns.
  func receive() -> String? {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
