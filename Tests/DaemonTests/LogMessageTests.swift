import Foundation
import Logging
import Testing

@testable import Daemon

/// The table of messages against the calls in Sources, and the page that is written from it.
///
/// `SETTINGS_WRITE=1 swift test --filter LogMessage` writes the page again.
@Suite struct LogMessageTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The message of every call of a logger in Sources, with the file that it stands in.
  private func calls() throws -> [(text: String, file: String)] {
    let sources = Self.root.appending(path: "Sources").standardizedFileURL
    let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    var calls: [(String, String)] = []
    for case let file as URL in files where file.pathExtension == "swift" {
      // A program for tests, with a log of its own.
      guard !file.path.contains("/DevRouter/") else { continue }
      let text = try String(contentsOf: file, encoding: .utf8)
      for call in text.matches(of: /logger\.(?:trace|debug|info|notice|warning|error|critical|log)\(/) {
        calls.append((try message(text[call.range.upperBound...], file), file.lastPathComponent))
      }
    }
    return calls
  }

  /// The first argument without a label, which has to be a literal.
  private func message(_ rest: Substring, _ file: URL) throws -> String {
    var argument = rest
    if rest.drop(while: \.isWhitespace).hasPrefix("level:") {
      var depth = 0
      var isQuoted = false
      for index in rest.indices {
        switch rest[index] {
        case "\"": isQuoted.toggle()
        case "(" where !isQuoted: depth += 1
        case ")" where !isQuoted: depth -= 1
        case "," where !isQuoted && depth == 0:
          argument = rest[rest.index(after: index)...]
          return try literal(argument, file)
        default: break
        }
      }
    }
    return try literal(argument, file)
  }

  private func literal(_ text: Substring, _ file: URL) throws -> String {
    let found = try #require(
      text.prefixMatch(of: /\s*"([^"\\]*)"/), "a message has to be a plain literal: \(file.lastPathComponent)"
    )
    return String(found.1)
  }

  @Test func `every message has an entry in the table, and every entry is one`() throws {
    let calls = try calls()
    #expect(calls.count >= 40)
    let known = Set(LogMessage.all.map(\.text))
    for call in calls {
      #expect(
        known.contains(call.text),
        "add it to Sources/Daemon/Logging/LogMessage+All.swift, with 32 random hexadecimal digits (\(call.file))"
      )
    }
    #expect(known.subtracting(calls.map(\.text)) == [LogMessage.lost])
  }

  @Test func `ids are 128 bits, and each is one message's`() {
    let ids = LogMessage.all.map(\.id) + [LogMessage.foreignID]
    #expect(Set(ids).count == ids.count)
    for id in ids { #expect(id.wholeMatch(of: /[0-9a-f]{32}/) != nil) }
    #expect(Set(LogMessage.all.map(\.text)).count == LogMessage.all.count)
    #expect(LogMessage.id(of: "what a library says") == LogMessage.foreignID)
  }

  @Test func `the levels are those that there are`() {
    let levels = Set(Logger.Level.allCases.map(\.rawValue))
    for message in LogMessage.all {
      #expect(levels.isSuperset(of: message.levels.split(separator: ", ").map(String.init)))
      #expect(message.meaning.hasSuffix(".") && message.remedy.hasSuffix("."))
    }
  }

  @Test func `the page of messages is the one that the table gives`() throws {
    let page = Self.root.appending(path: "docs/messages.md")
    if ProcessInfo.processInfo.environment["SETTINGS_WRITE"] == "1" {
      try LogMessage.page.write(to: page, atomically: true, encoding: .utf8)
    }
    #expect(
      try String(contentsOf: page, encoding: .utf8) == LogMessage.page,
      "`SETTINGS_WRITE=1 swift test --filter LogMessage` writes it again")
  }
}
