import Platform
import Settings
import Testing

@Suite struct TLSSettingsTests {
  private static let listen = "listen = [\"127.0.0.1:1\", \"tls:127.0.0.1:2\"]\n"
  private static let tls = listen + "[tls]\ncertificate_file = \"/chain\"\nkey_file = \"/key\""

  private func loaded(
    _ toml: String, _ files: [String: MemoryFiles.File], environment: [String: String] = [:]
  ) throws -> Settings {
    var memory = MemoryFiles(["/c.toml": toml])
    memory.files.merge(files) { _, new in new }
    return try SettingsLoader.load(
      SettingsSources(configFlag: "/c.toml", environment: environment, files: memory))
  }

  @Test func `chain and key are read where an entry asks for TLS`() throws {
    let settings = try load(Self.tls, files: ["/chain": "the chain", "/key": "the key\n"])
    #expect(settings.tls.chain == Array("the chain".utf8))
    #expect(settings.tls.key == Secret("the key"))
    #expect(settings.warnings.isEmpty)
  }

  @Test func `the key may be a credential, and its mode is systemd's`() throws {
    let settings = try loaded(
      Self.listen + "tls.certificate_file = \"/chain\"",
      ["/chain": .init(text: []), "/run/c/tls-key": .init(text: Array("k".utf8), permissions: 0o440)],
      environment: ["CREDENTIALS_DIRECTORY": "/run/c"])
    #expect(settings.tls.key == Secret("k") && settings.warnings.isEmpty)
  }

  @Test func `a key that others can read is warned of`() throws {
    let settings = try loaded(
      Self.tls, ["/chain": .init(text: []), "/key": .init(text: [], permissions: 0o640)])
    #expect(settings.warnings.count == 1 && settings.warnings[0].contains("/key holds a secret"))
  }

  @Test func `without its files the entry is a fault, and without the entry the files have no effect`() throws
  {
    #expect(
      faults(Self.listen) == [
        "/c.toml:1:1: tls.certificate_file: tls:127.0.0.1:2 needs it; allowed: a file of PEM certificates, the "
          + "server's own first",
        "/c.toml:1:1: tls.key_file: tls:127.0.0.1:2 needs it; allowed: a file that holds the private key in PEM, or "
          + "the systemd credential tls-key",
      ])
    let settings = try load("[tls]\nkey_file = \"/key\"")
    #expect(settings.warnings == ["tls.key_file has no effect: no entry of listen begins with tls:"])
  }

  @Test func `a file that is not there is named, once`() {
    let said = faults(Self.tls)
    #expect(said.count == 2)
    #expect(said[0].contains("tls.certificate_file: /chain does not exist"))
    #expect(said[1].contains("tls.key_file: the file does not exist"))
  }

  @Test(arguments: ["tls:unix:/a", "tls:", "tls:8443", "tls:tls:127.0.0.1:1", "tls:systemd:"])
  func `TLS is for ports and for sockets of systemd`(entry: String) {
    #expect(faults("listen = \"\(entry)\"").count == 1)
    #expect(faults("listen = [\"\(entry)\"]").count == 1)
  }

  @Test func `the operator's address speaks no TLS`() {
    #expect(faults("admin.listen = \"tls:127.0.0.1:1\"").count == 1)
  }
}
