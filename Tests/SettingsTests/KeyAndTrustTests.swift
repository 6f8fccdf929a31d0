import Platform
import RouterTrust
import Sealing
import Settings
import Testing

@Suite("Client keys, trust and places")
struct KeyAndTrustTests {
  private static let pin = "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

  private func settings(
    _ toml: String, environment: [String: String] = [:], isRoot: Bool = false,
    files: [String: MemoryFiles.File] = [:]
  ) throws -> Settings {
    var memory = MemoryFiles(["/c.toml": toml])
    memory.files.merge(files) { _, new in new }
    return try SettingsLoader.load(
      SettingsSources(configFlag: "/c.toml", environment: environment, isRoot: isRoot, files: memory))
  }

  @Test("a pinned router needs a pin")
  func pinned() throws {
    #expect(
      faults("[router]\ntrust = \"pinned\"") == [
        "/c.toml:2:1: router.pins: router.trust is pinned and there are no pins; allowed: at least one fingerprint "
          + "sha256/BASE64, as `nomyo-proxy trust show` prints them"
      ])
    let settings = try load("[router]\ntrust = \"pinned\"\npins = [\"\(Self.pin)\"]")
    #expect(settings.router.trust == .pinned)
    #expect(settings.router.pins.map(\.description) == [Self.pin])
  }

  @Test(
    "a fingerprint is the canonical form and nothing else",
    arguments: [
      "sha256/AAAA", "sha1/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
      "SHA256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
      "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=",
      "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      "sha256/ AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "",
    ])
  func fingerprints(text: String) {
    #expect(KeyFingerprint(text) == nil)
    #expect(!faults("router.pins = [\"\(text)\"]").isEmpty)
  }

  @Test("pins without effect are told of")
  func pinsOfNoEffect() throws {
    let settings = try load("[router]\ntrust = \"tls\"\npins = [\"\(Self.pin)\"]")
    #expect(settings.warnings == ["router.pins has no effect: router.trust is tls"])
  }

  @Test("four primes need 4096 bits")
  func primes() throws {
    #expect(try load("keys.primes = 4").keys.primes == 4)
    #expect(try load("keys = { primes = 3, bits = 3072 }").keys.primes == 3)
    #expect(faults("keys = { primes = 4, bits = 3072 }").count == 1)
    #expect(faults("keys.primes = 5").count == 1)
  }

  @Test("the key directory is the state directory's, unless one is named")
  func keyDirectory() throws {
    let mode = "keys.mode = \"directory\"\n"
    let state = ["STATE_DIRECTORY": "/var/lib/a:/var/lib/b"]
    #expect(try settings(mode, environment: state).keys.directory == "/var/lib/a/client_keys")
    #expect(
      try settings(mode + "keys.directory = \"/k\"", environment: state).keys.directory == "/k")
    #expect(
      try settings(mode, environment: ["HOME": "/home/u"]).keys.directory
        == "/home/u/.local/state/nomyo-proxy/client_keys")
    #expect(faults(mode).count == 1)
    #expect(try settings("", environment: state).keys.directory == nil)
  }

  @Test("the password comes from its file or credential and is never shown")
  func password() throws {
    let named = "keys = { mode = \"directory\", directory = \"/k\", password_file = \"/p\" }"
    let found = try settings(
      named, files: ["/p": MemoryFiles.File(text: Array("pa ß\n".utf8), permissions: 0o600)])
    #expect(found.keys.password?.reveal { $0 } == "pa ß")
    #expect(!found.effectiveText().contains("pa ß"))
    #expect(found.effectiveText().contains("# password: set and not shown"))
    let credential = "/run/credentials/u/client-key-password"
    let given = try settings(
      "keys = { mode = \"directory\", directory = \"/k\" }",
      environment: ["CREDENTIALS_DIRECTORY": "/run/credentials/u"],
      files: [credential: MemoryFiles.File(text: Array("x".utf8), permissions: 0o440)])
    #expect(given.keys.password?.reveal { $0 } == "x")
    for bad in ["", "\n", "a\0b"] {
      #expect(throws: ConfigurationFaults.self) {
        try settings(named, files: ["/p": MemoryFiles.File(text: Array(bad.utf8), permissions: 0o600)])
      }
    }
    #expect(throws: ConfigurationFaults.self) { try settings(named) }
  }

  @Test("what belongs to a stored key is told of when the key lives in memory")
  func noEffect() throws {
    let settings = try settings("keys.directory = \"/k\"")
    #expect(settings.warnings == ["keys.directory has no effect: keys.mode is memory"])
  }

  @Test("the admin socket is in the runtime directory")
  func adminAddress() throws {
    #expect(
      try settings("", environment: ["RUNTIME_DIRECTORY": "/run/x"]).admin.listen
        == "unix:/run/x/admin.sock?mode=0600")
    #expect(
      try settings("", environment: ["XDG_RUNTIME_DIR": "/run/user/7"]).admin.listen
        == "unix:/run/user/7/nomyo-proxy/admin.sock?mode=0600")
    #expect(
      try settings("", environment: ["XDG_RUNTIME_DIR": "/run/user/0"], isRoot: true).admin.listen
        == "unix:/run/nomyo-proxy/admin.sock?mode=0600")
    #expect(try settings("").admin.listen == nil)
    #expect(try settings("admin.listen = \"none\"", isRoot: true).admin.listen == nil)
    #expect(try settings("admin.listen = \"127.0.0.1:9\"", isRoot: true).admin.listen == "127.0.0.1:9")
    #expect(faults("admin.listen = \"systemd\"").count == 1)
  }

  @Test("state outlives the process in the directory that belongs to its user")
  func stateDirectory() throws {
    #expect(try settings("", environment: ["XDG_STATE_HOME": "/s"]).stateDirectory == "/s/nomyo-proxy")
    #expect(
      try settings("", environment: ["XDG_STATE_HOME": "s", "HOME": "/h"]).stateDirectory
        == "/h/.local/state/nomyo-proxy")
    #expect(try settings("", isRoot: true).stateDirectory == "/var/lib/nomyo-proxy")
    #expect(try settings("").stateDirectory == nil)
  }
}
