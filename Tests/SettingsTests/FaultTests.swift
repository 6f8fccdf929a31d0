import Settings
import Testing

@Suite("Faults")
struct FaultTests {
  @Test(
    "a wrong value is named with its place, what is wrong and what is allowed",
    arguments: [
      (
        "listen = []",
        "1:1: listen: the list is empty; allowed: a list of: "
          + "HOST:PORT, unix:/PATH?mode=0660&group=NAME, systemd, systemd:NAME, and tls: before "
          + "all but unix:"
      ),
      (
        "listen = [\"127.0.0.1\"]",
        "1:1: listen[0]: \"127.0.0.1\" is no address; allowed: "
          + "HOST:PORT, unix:/PATH?mode=0660&group=NAME, systemd, systemd:NAME, and tls: before "
          + "all but unix:"
      ),
      (
        "listen = \"127.0.0.1:80\"",
        "1:1: listen: expected a list, found string \"127.0.0.1:80\"; allowed: a list of: "
          + "HOST:PORT, unix:/PATH?mode=0660&group=NAME, systemd, systemd:NAME, and tls: before "
          + "all but unix:"
      ),
      (
        "listen = [\"a:1\", \"a:1\"]",
        "1:1: listen[1]: \"a:1\" appears twice; allowed: a value that the list does not have yet"
      ),
      (
        "router.allow_http = \"yes\"",
        "1:1: router.allow_http: expected a boolean, found string \"yes\"; allowed: true or false"
      ),
      (
        "router.api_key_file = \"sk-abcdef\"",
        "1:1: router.api_key_file: the path does not start with / or ends with one; "
          + "allowed: the absolute path of a file"
      ),
      (
        "router.ca_file = 7",
        "1:1: router.ca_file: expected a string, found a number; allowed: the absolute path of a file"
      ),
      (
        "router.proxy = \"ftp://proxy:21\"",
        "1:1: router.proxy: the scheme is not http, https, socks5 or socks5h; allowed: "
          + "none, environment, or (http|https|socks5|socks5h)://HOST[:PORT] without user name"
      ),
      (
        "router.proxy = \"http://me:pw@proxy\"",
        "1:1: router.proxy: the URL has a user name or password; allowed: "
          + "none, environment, or (http|https|socks5|socks5h)://HOST[:PORT] without user name"
      ),
      (
        "router.key_refresh = 15",
        "1:1: router.key_refresh: expected a string, found integer 15; "
          + "allowed: a whole number with ms, s, m or h, 1s to 24h"
      ),
      (
        "router.key_refresh = \"25h\"",
        "1:1: router.key_refresh: \"25h\" is out of range; "
          + "allowed: a whole number with ms, s, m or h, 1s to 24h"
      ),
      (
        "router.key_refresh = \"soon\"",
        "1:1: router.key_refresh: \"soon\" is not a duration; "
          + "allowed: a whole number with ms, s, m or h, 1s to 24h"
      ),
      (
        "router.security_tier = \"top\"",
        "1:1: router.security_tier: \"top\" is not one of the words; allowed: none, standard, high, maximum"
      ),
      ("router.retries = 11", "1:1: router.retries: 11 is not allowed; allowed: 0 to 10"),
      ("router.retries = -1", "1:1: router.retries: -1 is not allowed; allowed: 0 to 10"),
      (
        "router.retries = 2.5", "1:1: router.retries: expected an integer, found number 2.5; allowed: 0 to 10"
      ),
      (
        "router.retries = \"2\"",
        "1:1: router.retries: expected an integer, found string \"2\"; allowed: 0 to 10"
      ),
      (
        "access.hosts = [\"a.example:80\"]",
        "1:1: access.hosts[0]: \"a.example:80\" is no host; allowed: "
          + "loopback, addresses, a host name, an IPv4 address, an [IPv6 address]; without a port"
      ),
      (
        "access.origins = [\"*\"]",
        "1:1: access.origins[0]: \"*\" is no origin; allowed: "
          + "loopback, null, file://, SCHEME://HOST[:PORT] where HOST and PORT may be *"
      ),
      (
        "access.origins = [1979-05-27]",
        "1:1: access.origins[0]: expected a string, found a date or time; allowed: "
          + "loopback, null, file://, SCHEME://HOST[:PORT] where HOST and PORT may be *"
      ),
      (
        "models.aliases = { a = 1 }",
        "1:20: models.aliases.a: expected a string, found integer 1; "
          + "allowed: a model's name without control characters"
      ),
      (
        "models.aliases = { a = \"\" }",
        "1:20: models.aliases.a: \"\" is no model name; "
          + "allowed: a model's name without control characters"
      ),
      (
        "models.aliases = [\"a\"]",
        "1:1: models.aliases: expected a table, found a list; "
          + "allowed: a table of NAME = \"ROUTER MODEL\", both without control characters"
      ),
      (
        "privacy.strip_identifiers = true",
        "1:1: privacy.strip_identifiers: expected a string, found boolean true; allowed: none, account, all"
      ),
      (
        "limits.request = \"11MiB\"",
        "1:1: limits.request: \"11MiB\" is out of range; "
          + "allowed: a whole number with B, KiB, MiB or GiB, 1KiB to 10MiB"
      ),
      (
        "limits.request = \"10MB\"",
        "1:1: limits.request: \"10MB\" is not a size; "
          + "allowed: a whole number with B, KiB, MiB or GiB, 1KiB to 10MiB"
      ),
      (
        "limits.response = { size = 1 }",
        "1:1: limits.response: expected a size, found a table; "
          + "allowed: a whole number with B, KiB, MiB or GiB, 1KiB to 1GiB"
      ),
      ("limits.in_flight = 0", "1:1: limits.in_flight: 0 is not allowed; allowed: 1 to 65536"),
      ("keys.bits = 2048", "1:1: keys.bits: 2048 is not allowed; allowed: 3072 or 4096"),
      (
        "log.format = \"xml\"",
        "1:1: log.format: \"xml\" is not one of the words; allowed: auto, text, json, journal"
      ),
      ("log = 5", "1:1: log: expected a table, found a number; allowed: a table: [log]"),
    ])
  func wrongValues(toml: String, fault: String) {
    #expect(faults(toml) == ["/c.toml:\(fault)"])
  }

  @Test("every wrong element of a list and every wrong alias is named")
  func parts() {
    #expect(
      faults("listen = [\"a\", \"b:1\", 5]").map { $0.split(separator: ";")[0] } == [
        "/c.toml:1:1: listen[0]: \"a\" is no address",
        "/c.toml:1:1: listen[2]: expected a string, found integer 5",
      ])
    #expect(
      faults("[models.aliases]\na = 1\nb = \"\"\n\" \" = \"m\"\nc = \"m\"").map {
        $0.split(separator: ";")[0]
      } == [
        "/c.toml:2:1: models.aliases.a: expected a string, found integer 1",
        "/c.toml:3:1: models.aliases.b: \"\" is no model name",
        "/c.toml:4:1: models.aliases.\" \": \" \" is no model name",
      ])
  }

  @Test("a fault points at line and column of the key, in tables, dotted keys and inline tables")
  func positions() {
    let toml = """
      # größer
      [router]
        retries = 99
      key_refresh = "x" # [log]
      [limits]
      connections = \"\"\"
      [log]
      level = 5
      \"\"\"
      [log]
      "level" = 1
      """
    #expect(
      faults(toml).map { $0.prefix { $0 != " " } } == [
        "/c.toml:3:3:", "/c.toml:4:1:", "/c.toml:6:1:", "/c.toml:11:1:",
      ])
    #expect(
      faults("log = { format = 1, level = 2 }").map { $0.prefix { $0 != " " } } == [
        "/c.toml:1:9:", "/c.toml:1:21:",
      ])
  }

  @Test("the faults of all sources come at once: the file's in its order, the variables', the flags'")
  func allAtOnce() {
    let found = faults(
      "[router]\nurl = \"http://r.example\"\nretries = 99\n[log]\nlevle = \"info\"",
      environment: [
        "NOMYO_PROXY_LIMITS_IN_FLIGHT": "many", "NOMYO_PROXY_LIMIT_REQUEST": "1KiB", "NOMYO_API_KEY": "",
      ],
      flags: ["stream.keepalive": "1ms", "router.ca_file": "/missing"])
    #expect(
      found == [
        "/c.toml:3:1: router.retries: 99 is not allowed; allowed: 0 to 10",
        "/c.toml:5:1: log.levle: unknown key; allowed: log.level, the nearest known one",
        "environment NOMYO_PROXY_LIMITS_IN_FLIGHT: limits.in_flight: "
          + "expected an integer, found string \"many\"; allowed: 1 to 65536",
        "environment NOMYO_PROXY_LIMIT_REQUEST: unknown variable; "
          + "allowed: NOMYO_PROXY_LIMITS_REQUEST, the nearest known one",
        "flag --stream-keepalive: stream.keepalive: \"1ms\" is out of range; "
          + "allowed: a whole number with ms, s, m or h, 100ms to 10m",
        "/c.toml:2:1: router.url: the scheme is http; "
          + "allowed: https://, or http:// together with router.allow_http = true",
        "flag --router-ca-file: router.ca_file: the file does not exist; allowed: a file of PEM certificates",
        "environment NOMYO_API_KEY: the variable is empty; allowed: the API key and nothing else",
      ])
  }

  @Test(
    "a file that is no TOML is one fault at its place, and the other sources are still looked at",
    arguments: [
      ("[router\nretries = 1", "1:8: expected ]"), ("a = 1\nb = = 2", "2:5: expected a value"),
      ("[[[", "1:3: expected a key"), ("a = \"x", "1:5: a string without an end"),
      (
        "[log]\nlevel = \"info\"\nlevel = \"debug\"",
        "3:9: Error while parsing key-value pair: cannot redefine existing string 'level'"
      ),
      (
        "[log]\n[log]",
        "2:1: Error while parsing table header: cannot redefine existing table 'log'"
      ),
      (
        "a = 2020-13-01",
        "1:12: Error while parsing date: expected month between 1 and 12 (inclusive), saw 13"
      ),
      (
        "a = 9223372036854775808",
        "1:24: Error while parsing decimal integer: '9223372036854775808' is not representable in 64 bits"
      ), ("a = \"\\q\"", "1:7: Error while parsing string: unknown escape sequence '\\q'"),
      ("a = 01", "1:5: a word without quotes that is no number, date, true or false"),
    ])
  func syntax(toml: String, fault: String) {
    #expect(
      faults(toml, flags: ["keys.bits": "1"]) == [
        "/c.toml:\(fault); allowed: TOML 1.0",
        "flag --keys-bits: keys.bits: 1 is not allowed; allowed: 3072 or 4096",
      ])
  }

  @Test("bytes that TOML cannot hold are faults and cut nothing off")
  func badBytes() {
    #expect(
      faults("log.level = \"info\"\n\u{0}\nkeys.bits = 1") == [
        "/c.toml:2:1: a NUL character; allowed: TOML 1.0"
      ])
    #expect(
      faults("models.aliases = { a = \"b\\u0000c\" }") == [
        "/c.toml:1:26: an escaped NUL character; allowed: TOML 1.0"
      ])
    var files = MemoryFiles()
    files.files["/c.toml"] = MemoryFiles.File(text: [0x61, 0xFF])
    #expect(
      throws: ConfigurationFaults(faults: [
        ConfigurationFault(
          key: nil, source: .file(path: "/c.toml", line: nil, column: nil), problem: "not UTF-8",
          allowed: "TOML 1.0")
      ])
    ) { try SettingsLoader.load(SettingsSources(configFlag: "/c.toml", files: files)) }
  }

  @Test("long and strange text is cut and escaped in faults")
  func shownText() {
    let found = faults("log.level = \"\(String(repeating: "x", count: 500))\"").first ?? ""
    #expect(found.contains("\"\(String(repeating: "x", count: 60))\"… is not"))
    #expect(
      faults("log.level = \"a\\nb\\u001b\"").first?.contains("\"a\\u000Ab\\u001B\" is not") == true)
  }

  @Test("an http router is accepted when it is allowed, and not judged when the permission is misspelt")
  func clearText() throws {
    let http = "router.url = \"http://127.0.0.1:9000\"\n"
    #expect(try load(http + "router.allow_http = true").router.url.scheme == .http)
    #expect(
      faults(http) == [
        "/c.toml:1:1: router.url: the scheme is http; "
          + "allowed: https://, or http:// together with router.allow_http = true"
      ])
    #expect(
      faults(http + "router.allow_http = 1") == [
        "/c.toml:2:1: router.allow_http: expected a boolean, found integer 1; allowed: true or false"
      ])
  }

  @Test("the file of authorities is looked into")
  func authorities() throws {
    let toml = "router.ca_file = \"/ca.pem\""
    #expect(
      try load(toml, files: ["/ca.pem": "x\n-----BEGIN CERTIFICATE-----\n"]).router.caFile == "/ca.pem")
    #expect(
      faults(toml, files: ["/ca.pem": "-----BEGIN PUBLIC KEY-----"]) == [
        "/c.toml:1:1: router.ca_file: the file holds no certificate; allowed: a file of PEM certificates"
      ])
    #expect(
      faults(toml) == [
        "/c.toml:1:1: router.ca_file: the file does not exist; allowed: a file of PEM certificates"
      ])
  }
}
