import Testing

@testable import Commands

@Suite struct HealthPlaceTests {
  @Test(
    arguments: [
      (["127.0.0.1:1"], "http://127.0.0.1:1", nil), (["[::1]:2"], "http://[::1]:2", nil),
      (["unix:/run/a.sock?mode=0600"], "http://localhost", "/run/a.sock"),
      (["systemd", "unix:/a", "localhost:3"], "http://localhost:3", nil),
      (["tls:systemd:a", "tls:127.0.0.1:4"], "https://127.0.0.1:4", nil),
      (["tls:127.0.0.1:4", "127.0.0.1:5"], "http://127.0.0.1:5", nil),
      (["unix:/a", "tls:[::1]:4"], "https://[::1]:4", nil),
    ] as [([String], String, String?)])
  func `a port is asked before a socket, and each by its own way`(
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
