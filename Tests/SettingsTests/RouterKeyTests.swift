import Foundation
import Platform
import Settings
import Testing

@Suite("The router's API key")
struct RouterKeyTests {
  private let secret = "nomyo-SECRET-0123456789"

  private func settings(
    environment: [String: String] = [:], flags: [String: String] = [:], toml: String = "",
    files: [String: MemoryFiles.File]
  ) throws -> Settings {
    var memory = MemoryFiles(["/c.toml": toml])
    memory.files.merge(files) { _, new in new }
    return try SettingsLoader.load(
      SettingsSources(configFlag: "/c.toml", flags: flags, environment: environment, files: memory))
  }

  private func file(_ text: String, _ permissions: UInt32? = 0o600) -> MemoryFiles.File {
    MemoryFiles.File(text: Array(text.utf8), permissions: permissions)
  }

  private let named = "router.api_key_file = \"/key\""

  @Test("the key comes from the named file without its line end", arguments: ["", "\n", "\r\n", "\n\n"])
  func fromFile(end: String) throws {
    let settings = try settings(toml: named, files: ["/key": file(secret + end)])
    #expect(settings.router.apiKey?.reveal { $0 } == secret)
    #expect(settings.router.apiKeyFile == "/key")
    #expect(settings.provenance["router.api_key"] == .file(path: "/c.toml", line: 1, column: 1))
    #expect(settings.warnings.isEmpty)
  }

  @Test("without a named file the systemd credential is taken, when there is one")
  func fromCredential() throws {
    let environment = ["CREDENTIALS_DIRECTORY": "/run/credentials/u"]
    let path = "/run/credentials/u/router-api-key"
    let found = try settings(environment: environment, files: [path: file("from-systemd\n", 0o440)])
    #expect(found.router.apiKey?.reveal { $0 } == "from-systemd")
    #expect(found.router.apiKeyFile == nil)
    #expect(found.provenance["router.api_key"] == .environment("CREDENTIALS_DIRECTORY"))
    #expect(found.warnings.isEmpty, "an access list shows in the group bits and is no warning")
    #expect(try settings(environment: environment, files: [:]).router.apiKey == nil)
    #expect(
      try settings(
        environment: environment, toml: named, files: [path: file("from-systemd"), "/key": file("from-file")]
      ).router.apiKey?.reveal { $0 } == "from-file")
    #expect(
      try settings(environment: ["CREDENTIALS_DIRECTORY": "run"], files: ["run/router-api-key": file("x")])
        .router.apiKey == nil)
  }

  @Test("of two keys the later source counts, with a warning that names no key")
  func bothSources() throws {
    let variable = ["NOMYO_API_KEY": "from-variable"]
    let files = ["/key": file("from-file")]
    let ignoredFile = "the router's API key is in NOMYO_API_KEY and in /key; /key is ignored"
    let byFile = try settings(environment: variable, toml: named, files: files)
    #expect(byFile.router.apiKey?.reveal { $0 } == "from-variable")
    #expect(byFile.warnings == [ignoredFile])
    let byVariable = try settings(
      environment: variable.merging(["NOMYO_PROXY_ROUTER_API_KEY_FILE": "/key"]) { $1 }, files: files)
    #expect(byVariable.router.apiKey?.reveal { $0 } == "from-variable")
    #expect(byVariable.provenance["router.api_key"] == .environment("NOMYO_API_KEY"))
    #expect(byVariable.warnings == [ignoredFile])
    let byFlag = try settings(environment: variable, flags: ["router.api_key_file": "/key"], files: files)
    #expect(byFlag.router.apiKey?.reveal { $0 } == "from-file")
    #expect(byFlag.provenance["router.api_key"] == .flag("--router-api-key-file"))
    #expect(
      byFlag.warnings == ["the router's API key is in NOMYO_API_KEY and in /key; NOMYO_API_KEY is ignored"])
  }

  @Test(
    "a key file that others can read is a warning",
    arguments: [
      (UInt32(0o600), false), (0o400, false), (0o640, true), (0o604, true), (0o620, true), (0o777, true),
    ])
  func permissions(mode: UInt32, warns: Bool) throws {
    let settings = try settings(toml: named, files: ["/key": file(secret, mode)])
    let text =
      "/key holds a secret and is open to others (mode 0\(String(mode, radix: 8))); chmod 600 closes it"
    #expect(settings.warnings == (warns ? [text] : []))
  }

  @Test("a pipe has no permissions to warn about")
  func pipe() throws {
    #expect(try settings(toml: named, files: ["/key": file(secret, nil)]).warnings.isEmpty)
  }

  @Test(
    "what is no key is a fault that does not repeat it",
    arguments: [
      ("", "is empty"), ("\n", "is empty"),
      ("sk-a\nsk-b", "has a space, a control character or one outside ASCII at byte 5"),
      (" sk", "has a space, a control character or one outside ASCII at byte 1"),
      ("sk\u{0}", "has a space, a control character or one outside ASCII at byte 3"),
      ("sk-ü", "has a space, a control character or one outside ASCII at byte 4"),
      ("sk\u{7F}", "has a space, a control character or one outside ASCII at byte 3"),
    ])
  func badKeys(text: String, problem: String) {
    #expect(
      faults(named, files: ["/key": text]) == [
        "/c.toml:1:1: router.api_key_file: the file \(problem); allowed: the API key and nothing else"
      ])
    #expect(
      faults(environment: ["NOMYO_API_KEY": text]) == [
        "environment NOMYO_API_KEY: the variable \(problem); allowed: the API key and nothing else"
      ])
  }

  @Test("a key file that cannot be read is a fault, even where another key would win")
  func unreadable() {
    #expect(
      faults(named, environment: ["NOMYO_API_KEY": "x"]) == [
        "/c.toml:1:1: router.api_key_file: the file does not exist; allowed: a file that holds the API key"
      ])
    #expect(
      faults(named, files: ["/key": String(repeating: "x", count: 8193)]) == [
        "/c.toml:1:1: router.api_key_file: the file is too large; allowed: a file that holds the API key"
      ])
  }

  @Test("a key in the file, a variable for it or a flag is refused with the ways that are right")
  func plainKey() {
    let allowed =
      "allowed: router.api_key_file with the path of a file that holds the key, the systemd credential "
      + "router-api-key, or the environment variable NOMYO_API_KEY"
    #expect(
      faults("[router]\napi_key = \"\(secret)\"", flags: ["router.api_key": secret]) == [
        "/c.toml:2:1: router.api_key: a secret is never a plain value here; \(allowed)",
        "flag --router-api-key: router.api_key: a secret is never a plain value here; \(allowed)",
      ])
    #expect(
      faults(environment: ["NOMYO_PROXY_ROUTER_API_KEY": secret]) == [
        "environment NOMYO_PROXY_ROUTER_API_KEY: unknown variable; allowed: NOMYO_API_KEY"
      ])
  }

  @Test("a key that someone put in the wrong place is in no fault")
  func misplacedKeys() {
    let everywhere = faults(
      """
      api_key = "\(secret)"
      router.token = "\(secret)"
      router.api_key_file = "\(secret)"
      router.ca_file = ["\(secret)"]
      router.url = "https://\(secret)@r.example"
      router.proxy = "http://u:\(secret)@p.example"
      router.api_key = { value = "\(secret)" }
      log = "\(secret)"
      """, environment: ["NOMYO_API_KEY": "\(secret) "], flags: ["router.api_key": secret])
    #expect(everywhere.count == 10)
    for fault in everywhere { #expect(!fault.contains(secret)) }
    for toml in ["router.api_key = \(secret)", "router.api_key = \"\(secret)", "\"\(secret)\""] {
      for fault in faults(toml) { #expect(!fault.contains(secret)) }
      #expect(faults(toml).count == 1)
    }
  }

  @Test("neither description, debug description, interpolation, mirror, dump nor the effective text shows it")
  func neverPrinted() throws {
    let settings = try settings(environment: ["NOMYO_API_KEY": secret], files: [:])
    let key = try #require(settings.router.apiKey)
    var dumped = ""
    dump(settings, to: &dumped)
    dump(key, to: &dumped)
    dump([key as Any], to: &dumped)
    let texts = [
      key.description, key.debugDescription, "\(key)", String(describing: settings),
      String(reflecting: settings),
      String(reflecting: settings.router), settings.effectiveText(), dumped,
    ]
    for text in texts {
      #expect(!text.contains(secret))
      #expect(!text.contains("SECRET"))
    }
    #expect(Mirror(reflecting: key).children.isEmpty)
    #expect(key.description == "(secret)")
  }

  @Test("secrets are equal when their texts are")
  func equality() {
    #expect(Secret("a") == Secret("a"))
    #expect(Secret("a") != Secret("b"))
    #expect(Secret("") == Secret(""))
  }
}
