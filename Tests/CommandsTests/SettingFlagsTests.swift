import ArgumentParser
import Settings
import Testing

@testable import Commands

/// The flags are written out by hand, because ArgumentParser wants them so; this holds them to the list of keys.
@Suite struct SettingFlagsTests {
  @Test(arguments: SettingKey.all.map(\.name))
  func `every key has a flag that sets it, and it alone`(name: String) throws {
    let key = try #require(SettingKey.named[name])
    #expect(try SettingFlags.parse([key.flagName, "a value"]).values == [name: "a value"])
    #expect(try SettingFlags.parse(["\(key.flagName)=a=value"]).values == [name: "a=value"])
    #expect(try SettingFlags.parse([key.flagName, ""]).values == [name: ""])
  }

  @Test func `every flag belongs to a key`() throws {
    let arguments = SettingKey.all.flatMap { [$0.flagName, $0.name] }
    let flags = try SettingFlags.parse(arguments + ["--config", "/c.toml"])
    #expect(flags.values == Dictionary(uniqueKeysWithValues: SettingKey.all.map { ($0.name, $0.name) }))
    #expect(flags.config == "/c.toml")
    // `--config` is where the file is and no key in it.
    #expect(Mirror(reflecting: flags).children.count == SettingKey.all.count + 1)
  }

  @Test func `the help names every flag with its type and nothing that is none`() {
    let help = SettingFlags.helpMessage(columns: 1000)
    let named = Set(help.matches(of: /--[a-z-]+/).map { String($0.0) })
    #expect(named == Set(SettingKey.all.map(\.flagName) + ["--config", "--help"]))
    for key in SettingKey.all { #expect(help.contains("\(key.flagName) <\(key.type)>")) }
  }

  @Test func `without flags nothing is set`() throws {
    let flags = try SettingFlags.parse([])
    #expect(flags.values.isEmpty && flags.config == nil)
  }

  @Test(arguments: ["--router-api-key", "--nonsense", "--router.url", "-l"])
  func `a flag that does not exist is refused`(flag: String) {
    #expect(throws: (any Error).self) { try SettingFlags.parse([flag, "x"]) }
  }

  @Test func `each subcommand that reads the configuration takes the same flags`() throws {
    let arguments = ["--router-url", "https://router.test"]
    let run = try #require(try NomyoProxyCommand.parseAsRoot(["run"] + arguments) as? RunCommand)
    let check = try #require(try NomyoProxyCommand.parseAsRoot(["check"] + arguments) as? CheckCommand)
    let health = try #require(
      try NomyoProxyCommand.parseAsRoot(["health", "--ready"] + arguments) as? HealthCommand)
    #expect(health.ready)
    for flags in [run.flags, check.flags, health.flags] {
      #expect(flags.values == ["router.url": "https://router.test"])
    }
  }

  @Test func `the version names the release and the commit`() {
    #expect(NomyoProxyCommand.version.wholeMatch(of: /nomyo-proxy \d+\.\d+\.\d+ \(.+\)/) != nil)
  }
}
