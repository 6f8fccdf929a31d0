import Foundation
import Settings
import Testing
import Tokens

/// The file of tokens as the configuration names it, and the keys beside it.
@Suite struct TokenSettingsTests {
  private static let hash = String(repeating: "ab", count: 32)
  private static let named = "access.tokens_file = \"/tokens\""
  private static let key = ["NOMYO_API_KEY": "sk-1"]

  private func settings(_ text: String, permissions: UInt32? = 0o640, environment: [String: String] = key)
    throws -> Settings
  {
    var files = MemoryFiles(["/c.toml": Self.named])
    files.files["/tokens"] = MemoryFiles.File(text: Array(text.utf8), permissions: permissions)
    return try SettingsLoader.load(
      SettingsSources(configFlag: "/c.toml", environment: environment, files: files))
  }

  @Test func `without the key nobody is asked for a token`() throws {
    let settings = try load("")
    #expect(settings.access.tokensFile == nil && settings.access.tokens == nil)
    #expect(settings.limits.inFlightPerToken == 128 && settings.access.uids.isEmpty)
    #expect(!settings.access.allowRemote && !settings.access.unauthenticatedRemote)
  }

  @Test func `the tokens are read`() throws {
    let settings = try settings("# x\nme:\(Self.hash)\n")
    #expect(settings.access.tokens?.names == ["me"])
    #expect(settings.warnings.isEmpty)
    #expect(!settings.effectiveText().contains(Self.hash))
  }

  @Test func `every faulty line is a fault with file and line`() {
    let found = faults(
      Self.named, environment: Self.key, files: ["/tokens": "me\n\nyou:1\nnomyoproxy_SECRET\n"])
    #expect(found.count == 3)
    #expect(found[0].hasPrefix("/tokens:1: access.tokens_file: there is no colon"))
    #expect(found[1].hasPrefix("/tokens:3: access.tokens_file: what follows the colon"))
    #expect(found[2].hasPrefix("/tokens:4: access.tokens_file: this is a token"))
    #expect(found.allSatisfy { $0.contains("; allowed: NAME:SHA256-HEX") && !$0.contains("SECRET") })
  }

  @Test func `a file that cannot be read is a fault of the key`() {
    let found = faults(Self.named)
    #expect(found.count == 1)
    #expect(found[0].hasPrefix("/c.toml:1:1: access.tokens_file: the file does not exist; allowed: "))
    #expect(found[0].contains("nomyo-proxy tokens new NAME"))
  }

  @Test func `commands that only ask the daemon do not need it`() throws {
    let settings = try SettingsLoader.load(
      SettingsSources(configFlag: "/c.toml", files: MemoryFiles(["/c.toml": Self.named])), readsSecrets: false
    )
    #expect(settings.access.tokensFile == "/tokens" && settings.access.tokens == nil)
  }

  @Test(
    arguments: [(0o640, false), (0o644, false), (0o660, true), (0o602, true), (nil, false)]
      as [(UInt32?, Bool)])
  func `a file that others can write to is warned of, one that they can read is not`(
    permissions: UInt32?, isWarned: Bool
  ) throws {
    let warnings = try settings("me:\(Self.hash)", permissions: permissions).warnings
    #expect(warnings.contains { $0.contains("chmod go-w") } == isWarned)
  }

  @Test func `a list without a token and a router without a key are warned of`() throws {
    let warnings = try settings("", environment: [:]).warnings
    #expect(warnings.contains { $0.contains("/tokens holds no token, so every caller is refused") })
    #expect(warnings.contains { $0.contains("there is no API key for the router") })
  }

  @Test(arguments: [
    ("access.unauthenticated_remote = true", "access.allow_remote is false"),
    ("limits.in_flight_per_token = 3", "there is no access.tokens_file"),
    (
      "access.unauthenticated_remote = true\naccess.allow_remote = true\naccess.tokens_file = \"/tokens\"",
      "asks everybody for a token"
    ),
  ])
  func `keys without an effect are warned of`(toml: String, word: String) throws {
    let settings = try load(toml, environment: Self.key, files: ["/tokens": "me:\(Self.hash)"])
    #expect(settings.warnings.count == 1 && settings.warnings[0].contains(word))
  }

  @Test(arguments: ["[-1]", "[4294967295]", "[\"root\"]", "[1, 1]", "1"])
  func `users are numbers, each once`(value: String) {
    #expect(faults("access.uids = \(value)").count == 1)
  }
}
