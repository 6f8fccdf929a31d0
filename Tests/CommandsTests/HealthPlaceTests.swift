import Testing

@testable import Commands

@Suite struct HealthPlaceTests {
  @Test(
    arguments: [
      (["127.0.0.1:1"], "http://127.0.0.1:1", nil), (["[::1]:2"], "http://[::1]:2", nil),
      (["unix:/run/a.sock?mode=0600"], "http://localhost", "/run/a.sock"),
      (["systemd", "unix:/a", "localhost:3"], "http://localhost:3", nil),
      (["0.0.0.0:4"], "http://127.0.0.1:4", nil), (["[::]:5"], "http://[::1]:5", nil),
      (["10.1.2.3:6", "unix:/a", "[::1]:7"], "http://[::1]:7", nil),
      (["10.1.2.3:6", "unix:/a"], "http://10.1.2.3:6", nil),
    ] as [([String], String, String?)])
  func `a port is asked before a socket, loopback before others, and each by its own way`(
    listen: [String], url: String, path: String?
  )
    throws
  {
    let place = try #require(HealthCommand.place(listen))
    #expect(place.baseURL == url && place.socketPath == path)
  }

  @Test func `sockets of systemd cannot be asked`() {
    #expect(HealthCommand.place(["systemd", "systemd:a"]) == nil)
  }
}
