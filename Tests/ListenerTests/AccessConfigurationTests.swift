import Testing

@testable import Listener

/// What may stand in `access.hosts` and `access.origins`.
@Suite struct AccessConfigurationTests {
  @Test(arguments: [
    "loopback", "localhost", "proxy.lan", "Proxy.LAN", "proxy", "a-b_c.d", "192.168.1.2", "0.0.0.0", "[::1]",
    "[fd00::1]",
    "1.2.3.4.example",
  ])
  func `hosts are names and addresses`(_ entry: String) throws {
    _ = try AccessPolicy(hosts: [entry], origins: [])
  }

  @Test(arguments: [
    "", " ", "*", "*.lan", "proxy.lan:80", "proxy.lan:", "[::1]:80", "::1", "http://proxy.lan", "proxy.lan/",
    "user@proxy.lan",
    "proxy .lan", "proxy..lan", ".lan", "proxy.", "127.1", "0x7f000001", "2130706433", "256.0.0.1",
    "1.2.3.99999999999999999999", "1.2.3.04", "[::1", "[x]",
    "b\u{FC}ro", "loopback ", "Loopback:1",
  ])
  func `anything else is no host`(_ entry: String) {
    #expect(throws: AccessPolicyError.host(entry)) {
      try AccessPolicy(hosts: ["loopback", entry], origins: [])
    }
  }

  @Test(arguments: [
    "loopback", "null", "file://", "http://localhost", "https://chat.example", "https://chat.example:8443",
    "http://*", "http://*:3000", "http://chat.example:*", "http://[::1]:3000", "http://[::1]",
    "app://obsidian.md",
    "vscode-webview://*", "chrome-extension://abcdefghijklmnop", "coap+tcp://a.b", "HTTPS://A.B",
  ])
  func `origins are a scheme and a host, with a port or without`(_ entry: String) throws {
    _ = try AccessPolicy(hosts: [], origins: [entry])
  }

  @Test(arguments: [
    "", "*", "localhost", "localhost:3000", "http", "http:", "http:/", "http://", "://localhost",
    "//localhost",
    "http:localhost", "https://chat.example/", "https://chat.example/path", "https://chat.example?x",
    "https://chat.example#x", "https://user@chat.example", "https://*.example", "https://chat.*",
    "https://chat.example:",
    "https://chat.example:x", "https://chat.example:65536", "https://chat.example:-1",
    "https://chat.example:80:80",
    "https://chat.example:*0", "http://:3000", "1http://a", "ht tp://a", "http://::1", "http://[::1",
    "http://[a]",
    "http://127.1", "https://chat.example.", "https://ch\u{E4}t.example", "\u{212A}it://a", "Null", "NULL",
    "file:///",
    "File://", "null ", "http://a, http://b",
  ])
  func `anything else is no origin`(_ entry: String) {
    #expect(throws: AccessPolicyError.origin(entry)) { try AccessPolicy(hosts: [], origins: [entry]) }
  }
}
