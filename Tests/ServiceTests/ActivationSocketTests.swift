import Foundation
import Service
import Testing

/// Sockets as systemd hands them over, each time in a process of its own because they are announced by its environment.
@Suite struct ActivationSocketTests {
  @Test func `the sockets are taken over with their names, once`() async {
    await #expect(processExitsWith: .success) {
      let last = try #require(Announcement.openSocket())
      let count = Int(last) - 2
      let names = (1..<count).map { "other-\($0)" } + ["proxy.socket"]
      Announcement.make(count: count, names: names.joined(separator: ":"))
      let sockets = ActivationSocket.takeOver()
      #expect(sockets.map(\.descriptor) == Array(3...last))
      #expect(sockets.map(\.name) == names)
      #expect(fcntl(last, F_GETFD) & FD_CLOEXEC != 0)
      for name in ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"] { #expect(getenv(name) == nil) }
      #expect(ActivationSocket.takeOver().isEmpty)
    }
  }

  @Test func `sockets without names are named unknown`() async {
    await #expect(processExitsWith: .success) {
      let last = try #require(Announcement.openSocket())
      Announcement.make(count: Int(last) - 2, names: nil)
      let socket = try #require(ActivationSocket.takeOver().last)
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

  /// A socket; as it gets the lowest free number, everything from 3 to it is open, as after systemd.
  static func openSocket() -> Int32? {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    return descriptor >= 3 ? descriptor : nil
  }
}
