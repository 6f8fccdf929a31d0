import Dialects
import Envelope
import Platform
import RouterTrust
import Settings
import Testing

@Suite("Defaults")
struct DefaultsTests {
  @Test("without any source the settings are those of the contract")
  func defaults() throws {
    let settings = try SettingsLoader.load(SettingsSources(files: MemoryFiles()))
    #expect(settings.listen == ["127.0.0.1:12439"])
    #expect(settings.router.url.description == "https://api.nomyo.ai")
    #expect(settings.router.allowHTTP == false)
    #expect(settings.router.apiKeyFile == nil)
    #expect(settings.router.apiKey == nil)
    #expect(settings.router.caFile == nil)
    #expect(settings.router.proxy == .direct)
    #expect(settings.router.keyRefresh == .seconds(15 * 60))
    #expect(settings.router.securityTier == nil)
    #expect(settings.router.connectTimeout == .seconds(10))
    #expect(settings.router.responseTimeout == .seconds(900))
    #expect(settings.router.retries == 2)
    #expect(settings.access.hosts == ["loopback"])
    #expect(
      settings.access.origins == [
        "loopback", "app://obsidian.md", "vscode-webview://*", "vscode-file://*", "tauri://localhost",
      ])
    #expect(settings.models.aliases == [:])
    #expect(settings.compat.members == .auto)
    #expect(settings.compat.messages == .auto)
    #expect(settings.compat.remoteImages == .refuse)
    #expect(settings.embeddings.url == nil)
    #expect(settings.chatbots.isEmpty)
    #expect(settings.stream.commitAfter == .seconds(5))
    #expect(settings.stream.keepalive == .seconds(10))
    #expect(settings.privacy.stripIdentifiers == .account)
    #expect(settings.limits.request == 10_485_760)
    #expect(settings.limits.response == 67_108_864)
    #expect(settings.limits.connections == 1024)
    #expect(settings.limits.inFlight == 256)
    #expect(settings.limits.bodies == 268_435_456)
    #expect(settings.limits.headerBytes == 32768 && settings.limits.headerCount == 128)
    #expect(settings.limits.headerTimeout == .seconds(30) && settings.limits.bodyTimeout == .seconds(30))
    #expect(settings.limits.idleTimeout == .seconds(75) && settings.limits.writeTimeout == .seconds(120))
    #expect(settings.limits.requestsPerConnection == 10_000)
    #expect(settings.router.trust == .firstUse)
    #expect(settings.router.pins.isEmpty)
    #expect(settings.privacy.padRequests)
    #expect(settings.privacy.secureMemory == .auto)
    #expect(settings.keys.mode == .memory)
    #expect(settings.keys.rotateEvery == .seconds(3600))
    #expect(settings.keys.maxUses == 0)
    #expect(settings.keys.pool == 2)
    #expect(settings.keys.bits == 4096)
    #expect(settings.keys.primes == 2)
    #expect(settings.shutdown.drain == .seconds(120))
    #expect(settings.log.level == .info)
    #expect(settings.log.format == .auto)
    #expect(settings.provenance.isEmpty)
    #expect(settings.file == nil)
    #expect(settings.warnings.isEmpty)
  }

  @Test("every default is a value that its own key accepts", arguments: SettingKey.all.map(\.name))
  func defaultsAreAllowed(name: String) throws {
    let key = try #require(SettingKey.all.first { $0.name == name })
    guard let value = key.defaultValue else { return }
    let settings = try load("\(name) = \(value)")
    #expect(key.value(in: settings) == value)
    #expect(settings.provenance == [name: .file(path: "/c.toml", line: 1, column: 1)])
  }

  @Test("no two keys share a name, a variable or a flag")
  func uniqueNames() {
    #expect(Set(SettingKey.all.map(\.name)).count == SettingKey.all.count)
    #expect(Set(SettingKey.all.map(\.environmentName)).count == SettingKey.all.count)
    #expect(Set(SettingKey.all.map(\.flagName)).count == SettingKey.all.count)
  }
}
