import Testing

@testable import Listener

/// Listen addresses as they are written in a configuration.
@Suite struct ListenAddressTests {
  @Test(
    arguments: [
      ("127.0.0.1:12439", .tcp(host: "127.0.0.1", port: 12439)),
      ("localhost:0", .tcp(host: "localhost", port: 0)),
      ("[::1]:65535", .tcp(host: "::1", port: 65535)),
      ("[fe80::1%eth0]:80", .tcp(host: "fe80::1%eth0", port: 80)),
      ("my-host_1.lan:80", .tcp(host: "my-host_1.lan", port: 80)),
      ("unix:/run/s", .unix(path: "/run/s", mode: nil, user: nil, group: nil)),
      ("unix:/run/s?mode=0660", .unix(path: "/run/s", mode: 0o660, user: nil, group: nil)),
      ("unix:/run/s?mode=0600&user=a&group=b", .unix(path: "/run/s", mode: 0o600, user: "a", group: "b")),
      ("unix:/run/a b", .unix(path: "/run/a b", mode: nil, user: nil, group: nil)),
    ] as [(String, ListenAddress)])
  func `an address is read, and written as it was read`(_ text: String, _ address: ListenAddress) throws {
    #expect(try ListenAddress(parsing: text) == address)
    #expect(address.description == text)
  }

  @Test(
    arguments: [
      ("", .missingPort), ("localhost", .missingPort), ("::1", .missingPort), ("::1:80", .missingPort),
      ("[::1]", .missingPort), ("localhost:", .badPort("")), ("localhost:x", .badPort("x")),
      ("localhost:-1", .badPort("-1")), ("localhost:+1", .badPort("+1")),
      ("localhost:65536", .badPort("65536")),
      (":80", .badHost("")), ("[]:80", .badHost("")), ("[localhost]:80", .badHost("localhost")),
      ("a b:80", .badHost("a b")), ("http://localhost:80", .missingPort),
      ("user@host:80", .badHost("user@host")),
      ("unix:run/s", .relativePath("run/s")), ("unix:", .relativePath("")),
      ("unix:?mode=0600", .relativePath("")),
      ("unix:/\(String(repeating: "a", count: 107))", .badPath("/\(String(repeating: "a", count: 107))")),
      ("unix:/a\u{0}b", .badPath("/a\u{0}b")), ("unix:/s?mode=0778", .badMode("0778")),
      ("unix:/s?mode=1777", .badMode("1777")), ("unix:/s?mode=rw", .badMode("rw")),
      ("unix:/s?mode=", .badParameter("mode=")), ("unix:/s?mode", .badParameter("mode")),
      ("unix:/s?", .badParameter("")), ("unix:/s?owner=a", .badParameter("owner=a")),
      ("unix:/s?mode=0600&mode=0660", .badParameter("mode=0660")),
      ("unix:/s?group=", .badParameter("group=")),
    ] as [(String, ListenAddressError)])
  func `what is no address is named with the reason`(_ text: String, _ error: ListenAddressError) {
    #expect(throws: error) { try ListenAddress(parsing: text) }
  }

  @Test(arguments: [
    ("127.0.0.1:1", true), ("127.8.9.10:1", true), ("localhost:1", true), ("LOCALHOST:1", true),
    ("[::1]:1", true),
    ("[0:0::1]:1", true), ("unix:/s", true), ("0.0.0.0:1", false), ("[::]:1", false),
    ("192.168.1.1:1", false),
    ("myhost:1", false), ("localhost.lan:1", false), ("127.1:1", false), ("[::ffff:127.0.0.1]:1", false),
  ])
  func `only addresses that nobody else can reach are loopback`(_ text: String, _ isLoopback: Bool) throws {
    #expect(try ListenAddress(parsing: text).isLoopback == isLoopback)
  }
}
