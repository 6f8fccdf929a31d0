import Foundation
import Glibc
import Testing
import Tokens

/// Lines are added whole or not at all, and nothing else about the file changes.
@Suite struct TokenFileTests {
  private static func withDirectory(_ body: (String) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.path + "/tokens-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try body(directory)
  }

  private static func entry(_ name: String) throws -> (name: String, line: String) {
    (name, try NewToken().line(named: name))
  }

  private static func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  private static func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  private static func write(_ text: String, _ path: String, _ mode: Int) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    chmod(path, mode_t(mode))
  }

  @Test func `a first line makes the file, which others cannot read or write`() throws {
    try Self.withDirectory { directory in
      let (path, entry) = (directory + "/tokens", try Self.entry("a"))
      #expect(try TokenFile(path).load().isEmpty)
      try TokenFile(path).append(entry)
      #expect(try Self.text(path) == entry.line + "\n")
      #expect(try Self.mode(path) == 0o644)
      #expect(try TokenFile(path).load().names == ["a"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["tokens"])
    }
  }

  @Test(arguments: [0o600, 0o640, 0o644])
  func `mode, comments and the lines that were there stay`(mode: Int) throws {
    try Self.withDirectory { directory in
      let (path, first, second) = (directory + "/tokens", try Self.entry("a"), try Self.entry("b"))
      try Self.write("# mine\n\(first.line)", path, mode)
      try TokenFile(path).append(second)
      #expect(try Self.text(path) == "# mine\n\(first.line)\n\(second.line)\n")
      #expect(try Self.mode(path) == mode)
    }
  }

  @Test func `a symbolic link stays one, and its file gets the line`() throws {
    try Self.withDirectory { directory in
      let (path, real) = (directory + "/link", directory + "/real")
      try Self.write("", real, 0o600)
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "real")
      try TokenFile(path).append(try Self.entry("a"))
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == "real")
      #expect(try TokenFile(real).load().names == ["a"])
    }
  }

  @Test func `a name that is taken changes nothing`() throws {
    try Self.withDirectory { directory in
      let path = directory + "/tokens"
      try TokenFile(path).append(try Self.entry("a"))
      let before = try Self.text(path)
      let fault = #expect(throws: TokenFileFault.self) { try TokenFile(path).append(try Self.entry("a")) }
      #expect(fault == .nameTaken("a", path))
      #expect(try Self.text(path) == before)
    }
  }

  @Test func `a file that cannot be read is left alone, and its lines are named`() throws {
    try Self.withDirectory { directory in
      let path = directory + "/tokens"
      try Self.write("a:1\nb\n", path, 0o600)
      let fault = #expect(throws: TokenFileFault.self) { try TokenFile(path).append(try Self.entry("c")) }
      let lines = "\(try #require(fault))".split(separator: "\n")
      #expect(lines.count == 2 && lines[0].hasPrefix("\(path):1: ") && lines[1].hasPrefix("\(path):2: "))
      #expect(try Self.text(path) == "a:1\nb\n")
    }
  }

  @Test func `what is no file is not written to`() throws {
    try Self.withDirectory { directory in
      mkfifo(directory + "/pipe", 0o600)
      for name in ["pipe", ""] {
        #expect(throws: TokenFileFault.self) {
          try TokenFile("\(directory)/\(name)").append(try Self.entry("a"))
        }
      }
      #expect(throws: TokenFileFault.self) {
        try TokenFile(directory + "/none/tokens").append(try Self.entry("a"))
      }
    }
  }

  @Test func `of many who add at once none is lost`() async throws {
    let directory = FileManager.default.temporaryDirectory.path + "/tokens-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let path = directory + "/tokens"
    let names = (1...8).map { "t\($0)" }
    let isDone = NSLock()
    nonisolated(unsafe) var failures: [String] = []
    let threads = names.map { name in
      Thread {
        do { try TokenFile(path).append(try Self.entry(name)) } catch {
          isDone.withLock { failures.append("\(error)") }
        }
      }
    }
    threads.forEach { $0.start() }
    while !threads.allSatisfy(\.isFinished) { await Task.yield() }
    #expect(failures == [])
    #expect(Set(try TokenFile(path).load().names) == Set(names))
  }
}
