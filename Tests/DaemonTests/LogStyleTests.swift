import Foundation
import Logging
import Testing

@testable import Daemon

/// One event is one line, whatever is in it.
@Suite struct LogStyleTests {
  private func line(
    _ style: LogStyle, _ message: String, _ metadata: Logger.Metadata = [:], level: Logger.Level = .info
  ) -> String {
    let event = LogEvent(
      level: level, message: "\(message)", metadata: metadata, source: nil, file: #fileID,
      function: #function,
      line: #line)
    let bytes = style.line(event, metadata: metadata, time: "2026-01-02T03:04:05.006Z")
    return String(decoding: bytes, as: UTF8.self)
  }

  private func object(_ line: String) throws -> [String: String] {
    try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
  }

  /// Texts that would begin a line, end a value or steer a terminal, if they could.
  private static let hostile = [
    "a\nb", "a\r\nb", "a\u{0}b", "\u{1B}[31mred\u{1B}[0m", "a\u{85}b", "a\u{2028}b", "a\u{2029}b",
    "\u{9B}2J",
    "\u{202E}reversed", "\u{7F}", "a\tb", "say \"hi\"", "back\\slash", "\\\" end", "trailing \\", "", " ",
  ]

  // MARK: Text

  @Test func `a line of text has time, level, message and pairs in the order of their names`() {
    let text = line(
      .text, "exchange", ["result": "answered", "id": "req_1", "total_ms": "1.5"], level: .warning)
    #expect(
      text == "2026-01-02T03:04:05.006Z warning exchange id=req_1 result=answered total_ms=1.5\n")
  }

  @Test(arguments: [
    ("plain", "plain"), ("two words", #""two words""#), ("", #""""#), (#"say "hi""#, #""say \"hi\"""#),
    (#"C:\dir"#, #"C:\dir"#), (#"C:\my dir\"#, #""C:\\my dir\\""#), (#"\""#, #""\\\"""#), ("größe", "größe"),
    ("a\u{9B}2J", #""a 2J""#), ("a\nb", #""a b""#), ("\u{202E}x", #"" x""#),
  ])
  func `a value is quoted where it would be two, and can be read back`(value: String, written: String) {
    #expect(line(.text, "m", ["k": "\(value)"]) == "2026-01-02T03:04:05.006Z info m k=\(written)\n")
  }

  @Test(arguments: hostile)
  func `no text begins a line of its own or steers a terminal`(text: String) {
    for line in [line(.text, text), line(.text, "m", ["k": "\(text)"])] {
      #expect(line.hasSuffix("\n"))
      let scalars = line.unicodeScalars.dropLast()
      #expect(
        !scalars.contains { scalar in
          [.control, .lineSeparator, .paragraphSeparator, .format].contains(
            scalar.properties.generalCategory)
        })
    }
  }

  @Test func `a pair cannot be forged from inside a value`() {
    let text = line(.text, "m", ["k": #"x" result="answered"#])
    #expect(text.hasSuffix(#"m k="x\" result=\"answered"\#n"#))
  }

  @Test func `values that are not texts are written all the same`() {
    let metadata: Logger.Metadata = ["list": ["a", "b"], "number": .stringConvertible(7)]
    #expect(line(.text, "m", metadata).contains("number=7"))
    #expect(line(.text, "m", metadata).filter { $0 == "\n" }.count == 1)
  }

  // MARK: JSON

  @Test func `a line of JSON is one object with strings`() throws {
    let text = line(.json, "exchange", ["result": "answered", "id": "req_1"], level: .error)
    #expect(
      text
        == #"{"time":"2026-01-02T03:04:05.006Z","level":"error","message":"exchange","id":"req_1","result":"answered"}"#
        + "\n")
  }

  @Test(arguments: hostile)
  func `whatever a text holds, the JSON is one line and says it exactly`(text: String) throws {
    let written = line(.json, text, ["k": "\(text)"])
    #expect(written.hasSuffix("\n"))
    for separator in ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"] {
      #expect(!written.dropLast().contains(separator))
    }
    let object = try object(written)
    #expect(object["message"] == text)
    #expect(object["k"] == text)
  }

  @Test func `a name that the line has already does not take its place`() throws {
    let written = line(.json, "real", ["message": "forged", "level": "forged", "time": "forged", "k": "v"])
    for name in ["message", "level", "time"] {
      #expect(written.components(separatedBy: "\"\(name)\":").count == 2)
    }
    let object = try object(written)
    #expect(object["message"] == "real")
    #expect(object["level"] == "info")
    #expect(object["message_"] == "forged" && object["k"] == "v")
  }

  // MARK: The handler

  @Test func `a pipe gets JSON, and each event in one piece`() throws {
    let pipe = Pipe()
    let descriptor = pipe.fileHandleForWriting.fileDescriptor
    #expect(LogStyle.suiting(descriptor: descriptor) == .json)
    let logger = {
      var logger = Logger(label: "test") { _ in
        LineLogHandler(style: .json, level: .info, output: LineOutput(descriptor, style: .json))
      }
      logger[metadataKey: "always"] = "here"
      return logger
    }()
    logger.info("first", metadata: ["k": "one"])
    logger.debug("below the level")
    logger.error("second", metadata: ["always": "overridden"])
    try pipe.fileHandleForWriting.close()
    let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    let lines = try text.split(separator: "\n").map { try object(String($0)) }
    #expect(lines.map { $0["message"] } == ["first", "second"])
    #expect(lines.map { $0["always"] } == ["here", "overridden"])
    #expect(lines.first?["k"] == "one")
  }

  @Test func `a log that nobody takes does not end the process`() throws {
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let output = LineOutput(pipe.fileHandleForWriting.fileDescriptor, style: .text)
    // As RunCommand does it.
    signal(SIGPIPE, SIG_IGN)
    let logger = Logger(label: "test") { _ in
      LineLogHandler(style: .text, level: .info, output: output)
    }
    logger.info("nobody reads this")
    logger.info("nor this")
  }

  // MARK: Time

  @Test(arguments: [
    (0, 0, "1970-01-01T00:00:00.000Z"), (951_782_400, 7, "2000-02-29T00:00:00.007Z"),
    (1_767_225_599, 999, "2025-12-31T23:59:59.999Z"), (2_147_483_648, 50, "2038-01-19T03:14:08.050Z"),
    (253_402_300_799, 0, "9999-12-31T23:59:59.000Z"),
  ])
  func `a time is written as RFC 3339 has it`(seconds: Int, milliseconds: Int, text: String) {
    #expect(Timestamp.text(seconds: seconds, milliseconds: milliseconds) == text)
  }

  @Test func `now is now`() throws {
    let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    let before = Date.now.addingTimeInterval(-0.001)
    let now = try format.parse(Timestamp.now())
    #expect(now >= before && now <= Date.now)
  }

  @Test(arguments: [
    ("502", "502"), ("1488.405", "1488.405"), ("0", "0"), ("007", #""007""#), ("1.", #""1.""#),
    ("1.2.3", #""1.2.3""#),
    ("-1", #""-1""#), ("req_1", #""req_1""#), ("1e9", #""1e9""#),
    ("1234567890123456", #""1234567890123456""#),
  ])
  func `numbers are numbers in JSON, and nothing else is`(value: String, written: String) {
    let event = LogEvent(
      level: .info, message: "m", metadata: nil, source: nil, file: "", function: "", line: 0)
    let line = LogStyle.json.line(event, metadata: ["k": "\(value)"], time: "t")
    #expect(
      String(decoding: line, as: UTF8.self) == #"{"time":"t","level":"info","message":"m","k":\#(written)}"#
        + "\n")
  }
}
