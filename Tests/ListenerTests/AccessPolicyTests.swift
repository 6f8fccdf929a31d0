import HTTPTypes
import Testing

@testable import Listener

/// Who may come in: every rule of CLIENTS.md section 8 and every case that its table tells of.
@Suite struct AccessPolicyTests {
  /// A request and what is to become of it.
  struct Row: Sendable, CustomTestStringConvertible {
    var text: String
    var refusal: AccessRefusal?
    var testDescription: String {
      "\(text.debugDescription), \(refusal.map { "refused: \($0)" } ?? "allowed")"
    }

    static func allowed(_ text: String) -> Row { Row(text: text, refusal: nil) }
    static func host(_ text: String) -> Row { Row(text: text, refusal: .host) }
    static func origin(_ text: String) -> Row { Row(text: text, refusal: .origin) }
    static func site(_ text: String) -> Row { Row(text: text, refusal: .fetchSite) }
  }

  static let tcp = Peer.tcp(address: "127.0.0.1", port: 40_000)
  static let unix = Peer.unix(uid: 1000, gid: 1000, pid: 1)

  /// The defaults of DESIGN.md section 1.
  static let standard = policy(
    origins: [
      "loopback", "app://obsidian.md", "vscode-webview://*", "vscode-file://*", "tauri://localhost",
    ])

  static func policy(hosts: [String] = ["loopback"], origins: [String] = ["loopback"]) -> AccessPolicy {
    do { return try AccessPolicy(hosts: hosts, origins: origins) } catch {
      preconditionFailure("the policies of these tests are well formed: \(error)")
    }
  }

  static func head(
    _ fields: HTTPFields = [:], host: String? = "localhost", method: HTTPRequest.Method = .post,
    authority: String? = nil, peer: Peer = tcp
  ) -> RequestHead {
    var all = fields
    if let host { all[.host] = host }
    return RequestHead(
      method: method, path: "/v1/chat/completions", authority: authority, fields: all, peer: peer)
  }

  // MARK: Rule 2, Host

  static let hosts: [Row] = [
    .allowed("localhost"), .allowed("localhost:12439"), .allowed("LOCALHOST:1"), .allowed("localhost:0"),
    .allowed("127.0.0.1"), .allowed("127.0.0.1:65535"), .allowed("127.0.0.53"),
    .allowed("127.255.255.254:80"),
    .allowed("[::1]"), .allowed("[::1]:12439"), .allowed("[0:0:0:0:0:0:0:1]:80"), .allowed("[0000::0001]"),
    .allowed("proxy.localhost:12439"), .allowed("a.b.localhost"),
    // Names that begin or end like one of this machine's.
    .host("localhost.evil.com"), .host("localhost.evil.com:12439"), .host("127.0.0.1.evil.com"),
    .host("evil.com"), .host("evillocalhost"), .host("notlocalhost.com"), .host("localhost-evil.com"),
    .host("localhost.localdomain"), .host("local"), .host("my.local"), .host("service.internal"),
    // Other machines, and the address that means any.
    .host("0.0.0.0"), .host("0.0.0.0:12439"), .host("0"), .host("192.168.1.2"), .host("10.0.0.1:12439"),
    .host("169.254.169.254"), .host("128.0.0.1"), .host("126.255.255.255"), .host("[::]"), .host("[::]:80"),
    .host("[::2]"), .host("[fe80::1]"), .host("[::ffff:127.0.0.1]"), .host("[::127.0.0.1]"),
    .host("[64:ff9b::7f00:1]"),
    // Spellings that some resolver takes for 127.0.0.1.
    .host("2130706433"), .host("0x7f000001"), .host("0x7f.0.0.1"), .host("0X7F000001"), .host("0177.0.0.1"),
    .host("017700000001"), .host("127.1"), .host("127.0.1"), .host("127.0.0.01"), .host("127.0.0.1."),
    .host("127.0.0.256"), .host("127.0.0.1.0"), .host("127.0.0"), .host("localhost."), .host("localhost.:80"),
    .host("proxy.localhost."),
    // Nothing, user information, and other things that are no host.
    .host(""), .host(" "), .host(":12439"), .host("localhost:"), .host("localhost:x"), .host("localhost:-1"),
    .host("localhost:65536"), .host("localhost:000080"), .host("localhost:80:80"), .host("localhost:8 0"),
    .host("user@localhost"), .host("localhost@evil.com"), .host("user:pass@localhost:80"),
    .host("localhost@"), .host("localhost, evil.com"), .host("localhost evil.com"), .host("localhost/"),
    .host("localhost#"), .host("localhost?x"), .host("http://localhost"), .host("//localhost"),
    .host("localhost\\evil.com"), .host("localhost%00.evil.com"), .host("%6cocalhost"), .host("*"),
    .host(".localhost"), .host("a..localhost"), .host("-\u{FF4C}ocalhost"), .host("lo\u{441}alhost"),
    .host("localhost\u{3002}"), .host("localhost\u{0301}"),
    .host("::1"), .host("::1:80"), .host("[::1"), .host("::1]"), .host("[::1]x"), .host("[::1]:"),
    .host("[::1]80"), .host("[[::1]]"), .host("[localhost]"), .host("[127.0.0.1]"), .host("[::1%lo]"),
    .host("[::1%25lo]"), .host("[]"), .host("[:]"), .host("[v1.x]"),
  ]

  @Test(arguments: hosts)
  func `only a name of this machine is a Host that may be asked for`(_ row: Row) {
    #expect(Self.standard.refusal(for: Self.head(host: row.text)) == row.refusal)
  }

  @Test(arguments: ["a", "9", "\u{FF}"], [4, 19, 20, 300, 20_000])
  func `a host whose parts are as long as can be is refused, and ends nothing`(
    _ character: String, _ count: Int
  ) {
    let part = String(repeating: character, count: count)
    for host in ["\(part).0.0.1", "127.0.0.\(part)", "\(part).\(part).\(part).\(part)", "[\(part)]"] {
      #expect(Self.standard.refusal(for: Self.head(host: host)) == .host)
      #expect(Self.standard.refusal(for: Self.head([.origin: "http://\(host)"])) == .origin)
      #expect(Self.standard.refusal(for: Self.head(authority: host)) == .host)
    }
  }

  @Test func `a request without Host is refused, whatever its method`() {
    for method in [HTTPRequest.Method.get, .head, .post, .put, .delete, .options, .patch, .trace] {
      #expect(Self.standard.refusal(for: Self.head(host: nil, method: method)) == .host)
    }
  }

  @Test(arguments: ["localhost", "evil.com", ""])
  func `a request with two Hosts is refused, equal ones and through a unix socket too`(_ second: String) {
    let fields = Self.fields(.host, "localhost", second)
    for peer in [Self.tcp, Self.unix] {
      #expect(Self.standard.refusal(for: Self.head(fields, host: nil, peer: peer)) == .host)
    }
  }

  /// The authority of an absolute target: it outranks `Host`, so neither may be foreign.
  static let authorities: [Row] = [
    .allowed("localhost"), .allowed("localhost:1"), .allowed("127.0.0.1:12439"), .allowed("[::1]:80"),
    .host("evil.com"), .host("localhost.evil.com"), .host("user@localhost"), .host("localhost@evil.com"),
    .host("0.0.0.0"), .host("localhost."), .host("localhost:"), .host(""), .host("2130706433"),
  ]

  @Test(arguments: authorities)
  func `the authority of an absolute target has to pass as well as Host`(_ row: Row) {
    #expect(Self.standard.refusal(for: Self.head(authority: row.text)) == row.refusal)
    #expect(Self.standard.refusal(for: Self.head(host: "evil.com", authority: row.text)) == .host)
  }

  @Test(arguments: [nil, "", "anything", "evil.com:80", "user@x"] as [String?])
  func `through a unix socket any Host passes`(_ host: String?) {
    #expect(Self.standard.refusal(for: Self.head(host: host, peer: Self.unix)) == nil)
  }

  @Test func `through a unix socket only the users come in who are named, if any are`() throws {
    let policy = try AccessPolicy(hosts: ["loopback"], origins: [], users: [0, 1000])
    func refusal(_ user: UInt32, _ fields: HTTPFields = [:]) -> AccessRefusal? {
      policy.refusal(for: Self.head(fields, peer: .unix(uid: user, gid: 1000, pid: 1)))
    }
    #expect(refusal(0) == nil && refusal(1000) == nil)
    // The last is what the kernel says of nobody.
    for user in [1, 1001, UInt32.max] { #expect(refusal(user) == .user) }
    #expect(refusal(1000, [.origin: "http://localhost"]) == .origin)
    #expect(policy.refusal(for: Self.head()) == nil)
  }

  @Test func `through a unix socket a foreign origin is refused all the same`() {
    let policy = Self.standard
    #expect(policy.refusal(for: Self.head([.origin: "http://evil.com"], peer: Self.unix)) == .origin)
    #expect(policy.refusal(for: Self.head([.fetchSite: "cross-site"], peer: Self.unix)) == .fetchSite)
  }

  @Test(arguments: [
    Row.allowed("proxy.lan"), .allowed("PROXY.lan:8080"), .allowed("192.168.1.2:12439"),
    .allowed("[fd00::1]"),
    .allowed("[fd00:0::0001]:80"), .host("localhost"), .host("127.0.0.1"), .host("a.proxy.lan"),
    .host("proxy.lan.evil.com"), .host("xproxy.lan"), .host("proxy.lan."), .host("192.168.1.20"),
    .host("[fd00::2]"),
  ])
  func `hosts of the configuration are exactly those`(_ row: Row) {
    let policy = Self.policy(hosts: ["proxy.lan", "192.168.1.2", "[fd00::1]"])
    #expect(policy.refusal(for: Self.head(host: row.text)) == row.refusal)
  }

  @Test func `without hosts nobody comes in over TCP`() {
    let policy = Self.policy(hosts: [])
    #expect(policy.refusal(for: Self.head()) == .host)
    #expect(policy.refusal(for: Self.head(peer: Self.unix)) == nil)
  }

  // MARK: Rule 3, Origin

  static let origins: [Row] = [
    .allowed("http://localhost"), .allowed("http://localhost:3000"), .allowed("https://localhost:8443"),
    .allowed("http://127.0.0.1"), .allowed("http://127.0.0.1:5173"), .allowed("https://127.0.0.1"),
    .allowed("http://[::1]"), .allowed("http://[::1]:3000"), .allowed("HTTP://LOCALHOST:1"),
    .allowed("http://app.localhost:3000"), .allowed("http://127.9.9.9"),
    .allowed("app://obsidian.md"), .allowed("vscode-webview://1q2w3e4r5t"),
    .allowed("vscode-webview://anything.at.all"),
    .allowed("vscode-webview://0a-b:c_d!"), .allowed("vscode-file://vscode-app"),
    .allowed("tauri://localhost"),
    // What begins like an allowed one.
    .origin("http://localhost.evil.com"), .origin("http://localhost.evil.com:3000"),
    .origin("http://localhost@evil"),
    .origin("http://localhost:3000@evil.com"), .origin("http://127.0.0.1.evil.com"),
    .origin("http://127.0.0.1@evil.com"),
    .origin("http://evil.com/localhost"), .origin("http://evil.com#localhost"),
    .origin("http://evil.com?localhost"),
    .origin("http://evil.com\\localhost"), .origin("http://localhost\\.evil.com"),
    .origin("http://localhost/"),
    .origin("http://localhost:3000/"), .origin("http://localhost#"), .origin("http://localhost?"),
    .origin("http://user@localhost"), .origin("http://localhost:"), .origin("http://localhost:x"),
    .origin("http://localhost:99999"), .origin("http://localhost."), .origin("http://localhost.:3000"),
    // Strangers.
    .origin("http://evil.com"), .origin("https://evil.com:12439"), .origin("http://0.0.0.0:12439"),
    .origin("http://0.0.0.0"), .origin("http://192.168.1.2"), .origin("http://[::]"),
    .origin("http://[::ffff:127.0.0.1]"),
    .origin("http://2130706433"), .origin("http://0x7f000001"), .origin("http://127.1"),
    .origin("http://0177.0.0.1"),
    .origin("http://my.local"), .origin("https://api.nomyo.ai"),
    // Other schemes and no scheme.
    .origin("null"), .origin("NULL"), .origin("file://"), .origin("file:///etc/passwd"),
    .origin("ftp://localhost"),
    .origin("ws://localhost"), .origin("chrome-extension://abcdefghijklmnop"), .origin("moz-extension://a-b"),
    .origin("data:text/html,x"), .origin("javascript:alert(1)"), .origin("blob:http://localhost/x"),
    .origin("localhost"), .origin("localhost:3000"), .origin("//localhost"), .origin("://localhost"),
    .origin("http:localhost"), .origin("http:/localhost"), .origin("http//localhost"), .origin("http://"),
    .origin(""),
    .origin("*"), .origin("http://*"), .origin("xhttp://localhost"), .origin("http s://localhost"),
    .origin("http://http://localhost"),
    .origin("app://other"), .origin("app://obsidian.md.evil"), .origin("app://evil.obsidian.md"),
    .origin("app://"),
    .origin("app://obsidian.md/"), .origin("app://obsidian.md:80"), .origin("xapp://obsidian.md"),
    .origin("app://*"),
    .origin("vscode-webview://"), .origin("vscode-webview://a/b"), .origin("vscode-webview://a@b"),
    .origin("vscode-webview://a?b"), .origin("vscode-webview://a#b"), .origin("vscode-webview://a b"),
    .origin("vscode-webview://a\\b"), .origin("vscode-webview://\u{E9}"), .origin("vscode-webviews://a"),
    .origin("vscode-webview:a"), .origin("tauri://evil"), .origin("tauri://localhost:1"),
    .origin("tauri://localhost.evil"),
    // Lists: nobody sends them in good faith.
    .origin("http://localhost http://evil.com"), .origin("http://localhost, http://evil.com"),
    .origin("http://localhost,http://localhost"),
  ]

  @Test(arguments: origins)
  func `only an origin of the default list may ask`(_ row: Row) {
    #expect(Self.standard.refusal(for: Self.head([.origin: row.text])) == row.refusal)
  }

  private static func fields(_ name: HTTPField.Name, _ values: String...) -> HTTPFields {
    var fields = HTTPFields()
    for value in values { fields.append(HTTPField(name: name, value: value)) }
    return fields
  }

  @Test func `two origins are refused, equal ones too`() {
    for second in ["http://localhost", "http://evil.com"] {
      let fields = Self.fields(.origin, "http://localhost", second)
      #expect(Self.standard.refusal(for: Self.head(fields)) == .origin)
      #expect(Self.standard.corsFields(for: Self.head(fields)).isEmpty)
    }
  }

  @Test func `a page that points its own name here is refused, although Origin and Host agree`() {
    let fields: HTTPFields = [.origin: "http://evil.com:12439", .fetchSite: "same-origin"]
    #expect(Self.standard.refusal(for: Self.head(fields, host: "evil.com:12439")) == .host)
    #expect(Self.standard.refusal(for: Self.head(fields)) == .origin)
  }

  @Test func `the host is judged before the origin`() {
    #expect(Self.standard.refusal(for: Self.head([.origin: "http://evil.com"], host: "evil.com")) == .host)
  }

  @Test func `without origins no page comes in, and programs do`() {
    let policy = Self.policy(origins: [])
    for origin in ["http://localhost", "null", "app://obsidian.md", ""] {
      #expect(policy.refusal(for: Self.head([.origin: origin])) == .origin)
    }
    #expect(policy.refusal(for: Self.head()) == nil)
  }

  @Test(
    arguments: [
      (["null"], Row.allowed("null")), (["null"], .origin("file://")),
      (["null"], .origin("http://localhost")),
      (["file://"], .allowed("file://")), (["file://"], .origin("null")), (["file://"], .origin("file://x")),
      (["chrome-extension://abc"], .allowed("chrome-extension://abc")),
      (["chrome-extension://abc"], .origin("chrome-extension://abcd")),
      (["chrome-extension://*"], .allowed("chrome-extension://abcd")),
      (["https://chat.example"], .allowed("https://chat.example")),
      (["https://chat.example"], .allowed("https://CHAT.example:443")),
      (["https://chat.example:443"], .allowed("https://chat.example")),
      (["https://chat.example"], .origin("https://chat.example:8443")),
      (["https://chat.example"], .origin("http://chat.example")),
      (["https://chat.example"], .origin("https://a.chat.example")),
      (["https://chat.example"], .origin("https://chat.example.evil")),
      (["http://chat.example"], .allowed("http://chat.example:80")),
      (["http://chat.example:*"], .allowed("http://chat.example:8080")),
      (["http://chat.example:*"], .allowed("http://chat.example")),
      (["http://chat.example:*"], .origin("https://chat.example:8080")),
      (["http://*:3000"], .allowed("http://anyone.example:3000")),
      (["http://*:3000"], .origin("http://anyone.example:3001")),
      (["http://*:3000"], .origin("http://user@anyone.example:3000")),
      (["HTTPS://Chat.Example"], .allowed("https://chat.example")),
      (["http://[::2]:80"], .allowed("http://[0::2]")),
      (["kit://a"], .allowed("kit://a")), (["kit://a"], .origin("\u{212A}it://a")),
      (["tauri://localhost", "app://x"], .allowed("app://x")),
    ] as [([String], Row)])
  func `origins of the configuration are compared by scheme, host and port`(_ entries: [String], _ row: Row) {
    let policy = Self.policy(origins: entries)
    #expect(policy.refusal(for: Self.head([.origin: row.text])) == row.refusal)
  }

  // MARK: Rule 4, Sec-Fetch-Site

  @Test(arguments: [
    Row.allowed("none"), .allowed("same-origin"), .site("cross-site"), .site("same-site"), .site(""),
    .site("None"),
    .site("same-origin, cross-site"), .site("anything"),
  ])
  func `without an origin the browser's word decides`(_ row: Row) {
    for method in [HTTPRequest.Method.get, .post, .head, .options] {
      #expect(Self.standard.refusal(for: Self.head([.fetchSite: row.text], method: method)) == row.refusal)
    }
  }

  @Test func `an allowed origin outweighs the browser's word, and no word outweighs a foreign origin`() {
    #expect(
      Self.standard.refusal(for: Self.head([.origin: "http://localhost:3000", .fetchSite: "same-site"]))
        == nil)
    #expect(
      Self.standard.refusal(for: Self.head([.origin: "http://evil.com", .fetchSite: "same-origin"]))
        == .origin)
  }

  @Test func `one foreign word among several is enough`() {
    let fields = Self.fields(.fetchSite, "none", "cross-site")
    #expect(Self.standard.refusal(for: Self.head(fields)) == .fetchSite)
  }

  @Test func `programs pass, also those of Node that name a mode`() {
    #expect(Self.standard.refusal(for: Self.head()) == nil)
    #expect(Self.standard.refusal(for: Self.head([.fetchMode: "cors"])) == nil)
    #expect(Self.standard.isBrowser(Self.head([.fetchMode: "cors"])))
    #expect(Self.standard.isBrowser(Self.head([HTTPField.Name("sec-fetch-dest") ?? .origin: "image"])))
    #expect(!Self.standard.isBrowser(Self.head([.userAgent: "sec-fetch-mode"])))
    #expect(Self.standard.isBrowser(Self.head([.origin: "null"])))
    #expect(Self.standard.isBrowser(Self.head([.fetchSite: "none"])))
  }
}

extension HTTPField.Name {
  fileprivate static let fetchMode = token("sec-fetch-mode")
}
