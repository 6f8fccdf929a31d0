import Foundation
import Settings
import Testing

@Suite("The real environment and files")
struct ProcessSourcesTests {
  private func withDirectory(_ body: (String) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try body(directory)
  }

  @Test("a file is read whole, with its permissions")
  func wholeFile() throws {
    try withDirectory { directory in
      let path = directory + "/file"
      let content = Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0) })
      #expect(
        FileManager.default.createFile(
          atPath: path, contents: content, attributes: [.posixPermissions: 0o640]))
      let read = try ProcessFiles().read(path, limit: 100_000)
      #expect(read.bytes == Array(content))
      #expect(read.permissions == 0o640)
      #expect(throws: FileFault.tooLarge) { try ProcessFiles().read(path, limit: 99_999) }
    }
  }

  @Test("what cannot be read is told apart")
  func faults() throws {
    try withDirectory { directory in
      #expect(throws: FileFault.missing) { try ProcessFiles().read(directory + "/none", limit: 1) }
      #expect(throws: FileFault.directory) { try ProcessFiles().read(directory, limit: 1) }
      #expect(throws: FileFault.missing) { try ProcessFiles().read("", limit: 1) }
      #expect(FileManager.default.createFile(atPath: directory + "/file", contents: Data()))
      #expect(throws: FileFault.missing) { try ProcessFiles().read(directory + "/file/x", limit: 1) }
    }
  }

  @Test("a pipe is read once, and not waited for when it is read again")
  func pipe() throws {
    try withDirectory { directory in
      let path = directory + "/pipe"
      #expect(mkfifo(path, 0o600) == 0)
      #expect(throws: FileFault.pipe) { try ProcessFiles(again: true).read(path, limit: 9) }
      let writing = open(path, O_RDWR)
      defer { close(writing) }
      #expect(write(writing, "text", 4) == 4)
      #expect(throws: FileFault.pipe) { try ProcessFiles(again: true).read(path, limit: 9) }
    }
  }

  @Test("a device has no permissions to speak of")
  func device() throws {
    let read = try ProcessFiles().read("/dev/null", limit: 1)
    #expect(read.bytes.isEmpty)
    #expect(read.permissions == nil)
  }

  @Test("the process's own variables are seen")
  func environment() throws {
    setenv("SETTINGS_TESTS_VARIABLE", "a=b", 1)
    defer { unsetenv("SETTINGS_TESTS_VARIABLE") }
    let sources = SettingsSources.process(configFlag: "/x", flags: ["log.level": "debug"])
    #expect(sources.environment["SETTINGS_TESTS_VARIABLE"] == "a=b")
    #expect(sources.environment["PATH"] == ProcessInfo.processInfo.environment["PATH"])
    #expect(sources.configFlag == "/x")
    #expect(sources.flags == ["log.level": "debug"])
  }
}
