import Foundation
import Service
import Testing

/// Sockets as systemd hands them over, each time in a process of its own because they are announced by its environment.
@Suite struct ActivationSocketTests {
  @Test func `the sockets are taken over with their names, once`() async {
    await #expect(processExitsWith: .success) {
      let (last, names, sockets) = try #require(Announcement.handOver(named: true))
      #expect(sockets.map(\.descriptor) == Array(3...last))
      #expect(sockets.map(\.name) == names)
      #expect(fcntl(last, F_GETFD) & FD_CLOEXEC != 0)
      for name in ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"] { #expect(getenv(name) == nil) }
      #expect(ActivationSocket.takeOver().isEmpty)
    }
  }

  @Test func `sockets without names are named unknown`() async {
    await #expect(processExitsWith: .success) {
      let (last, _, sockets) = try #require(Announcement.handOver(named: false))
      let socket = try #require(sockets.last)
      #expect(socket.descriptor == last && socket.name == "unknown")
    }
  }

  @Test func `sockets of another process are left alone`() async {
    await #expect(processExitsWith: .success) {
      let last = try #require(Announcement.openSocket())
      Announcement.make(count: Int(last) - 2, names: nil)
      setenv("LISTEN_PID", "1", 1)
      #expect(ActivationSocket.takeOver().isEmpty)
    }
  }

  @Test func `without an announcement there are none`() async {
    await #expect(processExitsWith: .success) {
      #expect(ActivationSocket.takeOver().isEmpty)
      for count in ["", "x", "-1", "0", "99999999999"] {
        setenv("LISTEN_PID", "\(getpid())", 1)
        setenv("LISTEN_FDS", count, 1)
        #expect(ActivationSocket.takeOver().isEmpty)
      }
    }
  }
}

/// What systemd puts into the environment of the process that it starts (sd_listen_fds(3)).
private enum Announcement {
  static func make(count: Int, names: String?) {
    setenv("LISTEN_PID", "\(getpid())", 1)
    setenv("LISTEN_FDS", "\(count)", 1)
    if let names { setenv("LISTEN_FDNAMES", names, 1) } else { unsetenv("LISTEN_FDNAMES") }
  }

  /// Opens a socket, announces it with all below it, and takes them over.
  ///
  /// The test runner opens and closes descriptors in the same process; one that closes between announcing and taking over
  /// makes the whole announcement void, as sd_listen_fds(3) should, so this is repeated until none does.
  static func handOver(named: Bool) -> (last: Int32, names: [String], sockets: [ActivationSocket])? {
    for _ in 0..<1000 {
      guard let last = openSocket() else { return nil }
      let count = Int(last) - 2
      let names = (1..<count).map { "other-\($0)" } + ["proxy.socket"]
      make(count: count, names: named ? names.joined(separator: ":") : nil)
      let sockets = ActivationSocket.takeOver()
      if !sockets.isEmpty { return (last, names, sockets) }
      close(last)
    }
    return nil
  }

  /// A socket; as it gets the lowest free number, everything from 3 to it is open, as after systemd.
  static func openSocket() -> Int32? {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    return descriptor >= 3 ? descriptor : nil
  }
}
