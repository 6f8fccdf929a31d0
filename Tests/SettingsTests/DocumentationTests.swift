import Dialects
import Foundation
import Settings
import Testing

/// The three files that are written from the table of keys, two of them in part.
///
/// `SETTINGS_WRITE=1 swift test --filter Documentation` writes them again.
@Suite("Documentation")
struct DocumentationTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private static let example = root.appendingPathComponent("etc/nomyo-proxy/config.toml")
  private static let page = root.appendingPathComponent("docs/configuration.md")
  private static let manual = root.appendingPathComponent("deploy/man/nomyo-proxy.toml.5")
  private static let isWriting = ProcessInfo.processInfo.environment["SETTINGS_WRITE"] == "1"
  private static let advice: Comment =
    "not what the table of keys gives; `SETTINGS_WRITE=1 swift test --filter Documentation` writes it again"

  private func exampleText() throws -> String {
    try String(contentsOf: Self.example, encoding: .utf8)
  }

  /// The lines that are settings, switched on.
  private func switchedOn(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasPrefix("#") && !$0.hasPrefix("# ") ? $0.dropFirst() : $0 }
      .joined(separator: "\n")
  }

  @Test("the example file is the one that the table of keys gives")
  func exampleIsCurrent() throws {
    if Self.isWriting {
      try SettingKey.exampleFile.write(to: Self.example, atomically: true, encoding: .utf8)
    }
    #expect(try exampleText() == SettingKey.exampleFile, Self.advice)
  }

  /// Expects the file to hold the text between the two lines; when writing, puts it there.
  private func expect(
    _ file: URL, between begin: String, and end: String, holds wanted: String,
    at place: SourceLocation = #_sourceLocation
  ) throws {
    var text = try String(contentsOf: file, encoding: .utf8)
    let from = try #require(text.range(of: begin)?.upperBound, sourceLocation: place)
    let to = try #require(text.range(of: end)?.lowerBound, sourceLocation: place)
    if Self.isWriting {
      text.replaceSubrange(from..<to, with: wanted)
      try text.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    #expect(String(text[from..<to]) == wanted, Self.advice, sourceLocation: place)
  }

  @Test("the page on configuration holds the table of keys")
  func pageIsCurrent() throws {
    try expect(
      Self.page, between: "<!-- keys: begin -->\n", and: "<!-- keys: end -->\n",
      holds: SettingKey.markdownTable)
  }

  @Test("the manual page holds the table of keys")
  func manualIsCurrent() throws {
    try expect(
      Self.manual, between: ".\\\" keys: begin\n", and: ".\\\" keys: end\n", holds: SettingKey.manualPage)
  }

  @Test("the manual page has every key with its variable and its flag, and no line that roff would misread")
  func manualIsComplete() {
    let lines = SettingKey.manualPage.split(separator: "\n")
    for key in SettingKey.all {
      #expect(lines.contains { $0.hasPrefix("\\fB\(key.name)\\fR = ") })
      let flag = key.flagName.split(separator: "-", omittingEmptySubsequences: false).joined(separator: "\\-")
      #expect(lines.contains("Also \\fB\(key.environmentName)\\fR,"))
      #expect(lines.contains("\\fB\(flag)\\fR."))
    }
    let macros = [".SS", ".TP", ".br", ".RS", ".RE"]
    for line in lines where line.hasPrefix(".") || line.hasPrefix("'") {
      #expect(macros.contains { line == $0 || line.hasPrefix($0 + " ") })
    }
  }

  @Test("the example file loads as it is and changes nothing")
  func exampleLoads() throws {
    let settings = try load(try exampleText())
    #expect(settings.provenance.isEmpty)
    for key in SettingKey.all { #expect(key.value(in: settings) == key.defaultValue) }
  }

  @Test("the example file loads with every setting switched on, and each is the default")
  func exampleLoadsSwitchedOn() throws {
    let settings = try load(
      switchedOn(try exampleText()),
      files: [
        "/etc/nomyo-proxy/router-api-key": "key", "/etc/nomyo-proxy/tokens": "# none yet",
        "/etc/nomyo-proxy/router-ca.pem": "-----BEGIN CERTIFICATE-----",
      ])
    for key in SettingKey.all where key.defaultValue != nil {
      #expect(key.value(in: settings) == key.defaultValue)
    }
  }

  @Test("the example file lists exactly the keys that there are")
  func exampleIsComplete() throws {
    let settings = try load(
      switchedOn(try exampleText()),
      files: [
        "/etc/nomyo-proxy/router-api-key": "key", "/etc/nomyo-proxy/tokens": "# none yet",
        "/etc/nomyo-proxy/router-ca.pem": "-----BEGIN CERTIFICATE-----",
      ])
    let found = Set(settings.provenance.keys).subtracting(["router.api_key"])
    #expect(found == Set(SettingKey.all.map(\.name)))
  }

  @Test("the chatbot of the example file is one")
  func exampleChatbot() throws {
    let lines = SettingKey.exampleFile.split(separator: "\n")
    let start = try #require(lines.firstIndex(of: "# [[chatbots]]"))
    let toml = lines[start...].map { $0.dropFirst(2) }.joined(separator: "\n")
    let chatbot = try #require(try load(toml).chatbots.first)
    #expect(chatbot.id == "support")
    #expect(chatbot.systemPrompt?.isEmpty == false)
    #expect(chatbot.sampling.temperature == 0.3)
  }

  @Test("each member of a chatbot is on the page and in the help text")
  func chatbotMembers() {
    for member in ["id", "model", "system_prompt", "stop", "history_lifetime", "created_at"] {
      #expect(SettingKey.markdownTable.contains("| `chatbots[].\(member)` | "))
      #expect(SettingKey.helpText.contains("      \(member) ("))
    }
  }

  @Test("the help text tells every key with its variable and its flag")
  func helpIsComplete() {
    let lines = SettingKey.helpText.split(separator: "\n")
    for key in SettingKey.all {
      #expect(lines.contains { $0.hasPrefix("\(key.name) (\(key.type), default: ") })
      #expect(lines.contains("    \(key.environmentName), \(key.flagName)"))
    }
    #expect(lines.allSatisfy { $0.hasPrefix("    ") ? $0.count <= 80 : true })
  }

  @Test("each key says what it does in a sentence")
  func meanings() {
    for key in SettingKey.all {
      #expect(key.meaning.hasSuffix(".") || key.meaning.hasSuffix("`."))
      #expect(key.meaning.first?.isUppercase == true)
    }
  }
}
