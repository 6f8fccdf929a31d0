import Testing

@testable import Settings

@Suite("Values")
struct ValueTests {
  @Test(
    "durations are a whole number and a unit",
    arguments: [
      ("500ms", 500), ("10s", 10_000), ("15m", 900_000), ("24h", 86_400_000), ("0s", 0), ("0ms", 0),
      ("007s", 7000), ("9223372036854775807ms", Int64.max), ("9223372036854775808ms", .max),
      ("2562047788016h", .max), ("99999999999999999999999999h", .max),
    ])
  func durations(text: String, milliseconds: Int64) {
    #expect(Quantity.duration.amount(of: text) == milliseconds)
  }

  @Test(
    "anything else is no duration",
    arguments: [
      "", "10", "s", "-1s", "+1s", "1 s", " 1s", "1s ", "1.5s", "1S", "1sec", "1h30m", "1d", "1e3s", "0x1s",
      "١s",
      "1s\u{301}", "ms",
    ])
  func noDurations(text: String) {
    #expect(Quantity.duration.amount(of: text) == nil)
  }

  @Test(
    "sizes are a whole number with or without a unit",
    arguments: [
      ("10MiB", 10_485_760), ("1KiB", 1024), ("1GiB", 1_073_741_824), ("5B", 5), ("12345", 12345), ("0", 0),
      ("9223372036854775807", Int64.max), ("9223372036854775808", .max), ("8589934592GiB", .max),
      ("8589934591GiB", 9_223_372_035_781_033_984),
    ])
  func sizes(text: String, bytes: Int64) {
    #expect(Quantity.size.amount(of: text) == bytes)
  }

  @Test(
    "anything else is no size",
    arguments: [
      "", "MiB", "10MB", "10M", "10mib", "10 MiB", "-1B", "+1B", "1.5GiB", "1TiB", "1_000", "1KiBB",
    ])
  func noSizes(text: String) {
    #expect(Quantity.size.amount(of: text) == nil)
  }

  @Test(
    "amounts are written in the largest unit that divides them",
    arguments: [
      (Int64(0), "0s", "0B"), (1, "1ms", "1B"), (1000, "1s", "1000B"), (1024, "1024ms", "1KiB"),
      (90_000, "90s", "90000B"), (3_600_000, "1h", "3600000B"), (10_485_760, "10485760ms", "10MiB"),
    ])
  func spelling(amount: Int64, duration: String, size: String) {
    #expect(Quantity.duration.text(amount) == duration)
    #expect(Quantity.size.text(amount) == size)
    #expect(Quantity.duration.amount(of: duration) == amount)
    #expect(Quantity.size.amount(of: size) == amount)
  }

  @Test("a size may be a TOML integer, and bounds are inclusive")
  func sizeFromInteger() throws {
    #expect(try load("limits.request = 1024").limits.request == 1024)
    #expect(try load("limits.request = 10485760").limits.request == 10_485_760)
    #expect(faults("limits.request = 1023").count == 1)
    #expect(faults("limits.request = 10485761").count == 1)
    #expect(faults("limits.request = -9223372036854775808").count == 1)
    #expect(try load(environment: ["NOMYO_PROXY_LIMITS_REQUEST": "2048"]).limits.request == 2048)
  }

  @Test(
    "addresses of routers are kept without the slash at their end",
    arguments: [
      ("https://api.nomyo.ai", "https://api.nomyo.ai"), ("https://api.nomyo.ai/", "https://api.nomyo.ai"),
      ("https://r.example/nomyo/v2//", "https://r.example/nomyo/v2"),
      ("HTTPS://R.Example:12434/A/b", "https://r.example:12434/A/b"),
      ("https://[2001:DB8::1]:443/", "https://[2001:db8::1]:443"),
      ("https://10.0.0.1/p%20x", "https://10.0.0.1/p%20x"),
      ("https://r_1.example-2", "https://r_1.example-2"),
    ])
  func routerURLs(text: String, kept: String) throws {
    #expect(try load(flags: ["router.url": text]).router.url.description == kept)
    #expect(RouterURL(string: text)?.description == kept)
  }

  @Test(
    "addresses of routers that are none are refused without being repeated",
    arguments: [
      ("", "is empty; unset it to have the default"), ("api.nomyo.ai", "the URL has no scheme"),
      ("https:/r.example", "the URL has no scheme"), ("https:r.example", "the URL has no scheme"),
      ("ftp://r.example", "the scheme is not http or https"),
      ("://r.example", "the scheme is not http or https"),
      ("https://", "the URL has no valid host"), ("https:///path", "the URL has no valid host"),
      ("https://a..b", "the URL has no valid host"), ("https://[::1", "the URL has no valid host"),
      ("https://[::g]", "the URL has no valid host"), ("https://::1", "the URL has no valid host"),
      ("https://[::1]x", "the URL has no valid host"), ("https://a,b", "the URL has no valid host"),
      ("https://r.example:", "the URL has no valid port"),
      ("https://r.example:0", "the URL has no valid port"),
      ("https://r.example:65536", "the URL has no valid port"),
      ("https://r.example:8a", "the URL has no valid port"),
      ("https://user@r.example", "the URL has a user name or password"),
      ("https://u:secret@r.example", "the URL has a user name or password"),
      ("https://r.example?key=secret", "the URL has a query"),
      ("https://r.example/a?b", "the URL has a query"),
      ("https://r.example/#f", "the URL has a fragment"),
      ("https://r.example/a b", "the URL has a space, a backslash or a character outside ASCII"),
      ("https://r.example\\@evil", "the URL has a space, a backslash or a character outside ASCII"),
      ("https://ñ.example", "the URL has a space, a backslash or a character outside ASCII"),
      ("https://r.example/\n", "the URL has a space, a backslash or a character outside ASCII"),
    ])
  func noRouterURLs(text: String, problem: String) {
    #expect(
      faults(flags: ["router.url": text]) == [
        "flag --router-url: router.url: \(problem); allowed: "
          + "https://HOST[:PORT][/PREFIX] without user name, query and fragment; "
          + "http:// with router.allow_http"
      ])
    #expect(RouterURL(string: text) == nil)
  }

  @Test(
    "the proxy is none, what the environment says, or an address",
    arguments: [
      ("none", OutboundProxy.direct), ("environment", .environment),
      ("http://Proxy:3128/", .url("http://proxy:3128")),
      ("socks5h://[::1]:1080", .url("socks5h://[::1]:1080")),
      ("https://proxy", .url("https://proxy")), ("socks5://proxy", .url("socks5://proxy")),
    ])
  func proxies(text: String, proxy: OutboundProxy) throws {
    #expect(try load(flags: ["router.proxy": text]).router.proxy == proxy)
  }

  @Test(
    "listen addresses look like addresses",
    arguments: [
      ("127.0.0.1:12439", true), ("[::1]:0", true), ("localhost:65535", true), ("unix:/run/x.sock", true),
      ("unix:/x?mode=0660&group=www", true), ("systemd", true), ("systemd:web", true),
      ("[fe80::1%eth0]:80", true),
      ("", false), ("127.0.0.1", false), (":80", false), ("a:", false), ("a:65536", false), ("a:-1", false),
      ("a b:80", false), ("unix:", false), ("unix:/", false), ("unix:x", false), ("systemd:", false),
      ("http://a:80", false),
    ])
  func listenAddresses(text: String, isAddress: Bool) {
    #expect(faults("listen = [\"\(text)\"]").isEmpty == isAddress)
  }

  @Test("hosts and origins are compared in lower case")
  func lowerCase() throws {
    let settings = try load(
      "access.hosts = [\"Proxy.Example\", \"[::1]\"]\naccess.origins = [\"HTTPS://App.Example:*\"]")
    #expect(settings.access.hosts == ["proxy.example", "[::1]"])
    #expect(settings.access.origins == ["https://app.example:*"])
    #expect(faults("access.hosts = [\"a\", \"A\"]").first?.contains("\"a\" appears twice") == true)
  }

  @Test(
    "origins are a scheme and a host, or a pattern of one",
    arguments: [
      ("loopback", true), ("null", true), ("file://", true), ("https://a.example", true), ("app://*", true),
      ("http://localhost:*", true), ("http://[::1]:3000", true), ("chrome-extension://abcdef", true),
      ("", false), ("*", false), ("https://", false), ("https://a.example/", false),
      ("https://a.example/p", false),
      ("https://*.example", false), ("https://a:b", false), ("://a", false), ("h,s://a", false),
    ])
  func origins(text: String, isOrigin: Bool) {
    #expect(faults("access.origins = [\"\(text)\"]").isEmpty == isOrigin)
  }

  @Test("lists in the environment are separated by commas, spaces around items do not count")
  func lists() throws {
    let variable = "NOMYO_PROXY_ACCESS_HOSTS"
    #expect(try load(environment: [variable: "a"]).access.hosts == ["a"])
    #expect(try load(environment: [variable: " a , b\t,c"]).access.hosts == ["a", "b", "c"])
    #expect(try load(environment: [variable: ""]).access.hosts == [])
    #expect(try load(environment: [variable: "  "]).access.hosts == [])
    #expect(faults(environment: [variable: "a,,b"]).first?.contains("\"\" is no host") == true)
    #expect(faults(environment: [variable: "a,"]).first?.contains("\"\" is no host") == true)
  }

  @Test("tables in the environment are pairs separated by commas; the first = of a pair counts")
  func tables() throws {
    let variable = "NOMYO_PROXY_MODELS_ALIASES"
    #expect(
      try load(environment: [variable: "gpt-4o=Qwen/Qwen3.5-27B, b = c=d "]).models.aliases
        == ["gpt-4o": "Qwen/Qwen3.5-27B", "b": "c=d"])
    #expect(try load(environment: [variable: ""]).models.aliases == [:])
    let allowed = "allowed: a table of NAME = \"ROUTER MODEL\", both without control characters"
    for (text, problem) in [
      ("a", "\"a\" has no ="), ("a=b,", "\"\" has no ="), ("a=b,a=c", "\"a\" appears twice"),
    ] {
      #expect(
        faults(environment: [variable: text]) == [
          "environment \(variable): models.aliases: \(problem); \(allowed)"
        ])
    }
    for (text, problem) in [
      ("=b", "\"\": \"\" is no model name"), ("a=", "a: \"\" is no model name"),
      ("a=b\u{7}", "a: \"b\\u0007\" is no model name"),
    ] {
      #expect(
        faults(environment: [variable: text]) == [
          "environment \(variable): models.aliases.\(problem); "
            + "allowed: a model's name without control characters"
        ])
    }
  }

  @Test("aliases may have any name that TOML can write")
  func aliasNames() throws {
    let settings = try load("[models.aliases]\n\"gpt-4.1\" = \"a/b\"\n\"x y\" = \"ü\"\n'q\"' = 'c\\d'")
    #expect(settings.models.aliases == ["gpt-4.1": "a/b", "x y": "ü", "q\"": "c\\d"])
  }

  @Test(
    "scalars in the environment keep their type, and empty ones are faults",
    arguments: [
      (
        "ROUTER_ALLOW_HTTP", "1",
        "router.allow_http: expected a boolean, found string \"1\"; allowed: true or false"
      ),
      (
        "ROUTER_ALLOW_HTTP", "True",
        "router.allow_http: expected a boolean, found string \"True\"; allowed: true or false"
      ),
      ("ROUTER_RETRIES", "", "router.retries: is empty; unset it to have the default; allowed: 0 to 10"),
      ("ROUTER_RETRIES", " 2", "router.retries: expected an integer, found string \" 2\"; allowed: 0 to 10"),
      (
        "ROUTER_RETRIES", "9223372036854775808",
        "router.retries: expected an integer, found string \"9223372036854775808\"; allowed: 0 to 10"
      ),
      (
        "STREAM_KEEPALIVE", "10",
        "stream.keepalive: \"10\" is not a duration; allowed: a whole number with ms, s, m or h, 100ms to 10m"
      ),
    ])
  func scalars(variable: String, text: String, fault: String) {
    #expect(
      faults(environment: ["NOMYO_PROXY_" + variable: text]) == [
        "environment NOMYO_PROXY_\(variable): \(fault)"
      ])
  }
}
