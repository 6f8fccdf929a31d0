import Settings
import Testing

@Suite("Precedence")
struct PrecedenceTests {
  private let toml = "[router]\nretries = 3\nkey_refresh = \"1m\"\nurl = \"https://file.example\""

  @Test("the environment overrides the file, and a flag overrides both")
  func order() throws {
    let settings = try load(
      toml,
      environment: [
        "NOMYO_PROXY_ROUTER_RETRIES": "4", "NOMYO_PROXY_ROUTER_URL": "https://environment.example",
      ],
      flags: ["router.retries": "5"])
    #expect(settings.router.keyRefresh == .seconds(60))
    #expect(settings.router.url.host == "environment.example")
    #expect(settings.router.retries == 5)
  }

  @Test("each value knows where it came from")
  func provenance() throws {
    let settings = try load(
      toml, environment: ["NOMYO_PROXY_ROUTER_URL": "https://e.example"],
      flags: ["router.retries": "5"])
    #expect(
      settings.provenance == [
        "router.retries": .flag("--router-retries"),
        "router.url": .environment("NOMYO_PROXY_ROUTER_URL"),
        "router.key_refresh": .file(path: "/c.toml", line: 3, column: 1),
      ])
    #expect(settings.source(of: "router.url").description == "environment NOMYO_PROXY_ROUTER_URL")
    #expect(settings.source(of: "log.level") == .builtIn)
  }

  @Test("a list from a later source replaces the earlier one")
  func lists() throws {
    let settings = try load(
      "access.hosts = [\"loopback\", \"a.example\"]", environment: ["NOMYO_PROXY_ACCESS_HOSTS": "b.example"])
    #expect(settings.access.hosts == ["b.example"])
  }

  @Test("numbers in a list are numbers in a variable and in a flag as well")
  func numbersInLists() throws {
    #expect(try load(environment: ["NOMYO_PROXY_ACCESS_UIDS": "1000, 0"]).access.uids == [1000, 0])
    #expect(try load(flags: ["access.uids": "1000"]).access.uids == [1000])
    #expect(try load("access.uids = [1000]", environment: ["NOMYO_PROXY_ACCESS_UIDS": ""]).access.uids == [])
    #expect(faults("", environment: ["NOMYO_PROXY_ACCESS_UIDS": "1000,root"]).count == 1)
    #expect(faults("access.uids = [\"1000\"]").count == 1)
  }

  @Test("a bad value is reported even where a later source overrides it")
  func overriddenFault() {
    #expect(
      faults("log.level = \"loud\"", flags: ["log.level": "debug"]) == [
        "/c.toml:1:1: log.level: \"loud\" is not one of the words; "
          + "allowed: trace, debug, info, notice, warning, error, critical"
      ])
  }

  @Test("every key can be set by its variable and by its flag", arguments: SettingKey.all.map(\.name))
  func everyKeyFromText(name: String) throws {
    let key = try #require(SettingKey.all.first { $0.name == name })
    // What stands for the key in the environment: the default, without the quotes and brackets of TOML.
    let others = [
      "admin.listen": "\"127.0.0.1:1\"", "metrics.listen": "\"127.0.0.1:2\"",
      "embeddings.url": "\"http://localhost:1/v1\"",
    ]
    let toml = key.defaultValue ?? others[name] ?? "\"/some/file\""
    let text = String(toml.filter { !"\"[]{}".contains($0) })
    let files = ["/some/file": "-----BEGIN CERTIFICATE-----"]
    let contents = ["router.api_key_file": "key", "access.tokens_file": "# none yet"]
    let fileOfKey = contents[name].map { ["/some/file": $0] } ?? files
    let byVariable = try load(environment: [key.environmentName: text], files: fileOfKey)
    #expect(byVariable.provenance[name] == .environment(key.environmentName))
    #expect(key.value(in: byVariable) == toml)
    let byFlag = try load(flags: [name: text], files: fileOfKey)
    #expect(byFlag.provenance[name] == .flag(key.flagName))
    #expect(key.value(in: byFlag) == toml)
  }
}

@Suite("The file that is read")
struct FileChoiceTests {
  private func file(
    flag: String? = nil, environment: [String: String], existing: [String], faults: [String: FileFault] = [:]
  ) throws -> String? {
    var files = MemoryFiles(Dictionary(uniqueKeysWithValues: existing.map { ($0, "log.level = \"debug\"") }))
    files.faults = faults
    let sources = SettingsSources(configFlag: flag, environment: environment, files: files)
    return try SettingsLoader.load(sources).file
  }

  private let everywhere = [
    "/flag.toml", "/variable.toml", "/xdg/nomyo-proxy/config.toml", "/home/u/.config/nomyo-proxy/config.toml",
    "/etc/nomyo-proxy/config.toml",
  ]

  @Test("--config goes before the variable, that before XDG_CONFIG_HOME, that before /etc")
  func order() throws {
    var environment = ["HOME": "/home/u", "XDG_CONFIG_HOME": "/xdg", "NOMYO_PROXY_CONFIG": "/variable.toml"]
    #expect(try file(flag: "/flag.toml", environment: environment, existing: everywhere) == "/flag.toml")
    #expect(try file(environment: environment, existing: everywhere) == "/variable.toml")
    environment["NOMYO_PROXY_CONFIG"] = nil
    #expect(try file(environment: environment, existing: everywhere) == "/xdg/nomyo-proxy/config.toml")
    #expect(
      try file(environment: environment, existing: ["/etc/nomyo-proxy/config.toml"])
        == "/etc/nomyo-proxy/config.toml")
    environment["XDG_CONFIG_HOME"] = nil
    #expect(
      try file(environment: environment, existing: everywhere)
        == "/home/u/.config/nomyo-proxy/config.toml")
    #expect(try file(environment: [:], existing: everywhere) == "/etc/nomyo-proxy/config.toml")
    #expect(try file(environment: environment, existing: []) == nil)
  }

  @Test("a relative XDG_CONFIG_HOME is ignored")
  func relative() throws {
    #expect(
      try file(environment: ["HOME": "/home/u", "XDG_CONFIG_HOME": "xdg"], existing: everywhere)
        == "/home/u/.config/nomyo-proxy/config.toml")
  }

  @Test("a home directory that is closed to the service is passed over")
  func unreachableHome() throws {
    #expect(
      try file(
        environment: ["HOME": "/home/u"], existing: everywhere,
        faults: ["/home/u/.config/nomyo-proxy/config.toml": .unreachable]) == "/etc/nomyo-proxy/config.toml")
  }

  @Test("a file that exists and cannot be read is a fault even when nobody named it")
  func deniedUsualFile() {
    #expect(
      throws: ConfigurationFaults(faults: [
        ConfigurationFault(
          key: nil, source: .file(path: "/etc/nomyo-proxy/config.toml", line: nil, column: nil),
          problem: "cannot be read: permission denied", allowed: "a readable TOML file")
      ])
    ) {
      try file(environment: [:], existing: [], faults: ["/etc/nomyo-proxy/config.toml": .denied])
    }
  }

  @Test(
    "a file that somebody named has to be there",
    arguments: [
      (FileFault.missing, "does not exist"),
      (.unreachable, "cannot be reached: permission denied for a directory above it"),
      (.denied, "cannot be read: permission denied"), (.directory, "is a directory"),
      (.tooLarge, "is too large"), (.failed(errno: 5), "cannot be read: Input/output error"),
    ])
  func namedFile(fault: FileFault, words: String) {
    #expect(
      throws: ConfigurationFaults(faults: [
        ConfigurationFault(
          key: nil, source: .flag("--config"), problem: "\"/x.toml\" \(words)",
          allowed: "the path of a TOML file")
      ])
    ) { try file(flag: "/x.toml", environment: [:], existing: [], faults: ["/x.toml": fault]) }
    #expect(
      throws: ConfigurationFaults(faults: [
        ConfigurationFault(
          key: nil, source: .environment("NOMYO_PROXY_CONFIG"), problem: "\"/x.toml\" \(words)",
          allowed: "the path of a TOML file")
      ])
    ) {
      try file(
        environment: ["NOMYO_PROXY_CONFIG": "/x.toml"], existing: everywhere, faults: ["/x.toml": fault])
    }
  }
}
