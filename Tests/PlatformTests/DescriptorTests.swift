import Glibc
import Platform
import Testing

@Suite struct DescriptorTests {
  /// A pipe that is closed with its test.
  private struct Pipe: ~Copyable {
    let (reader, writer): (Int32, Int32)
    init() {
      var ends: [Int32] = [0, 0]
      precondition(pipe(&ends) == 0)
      (reader, writer) = (ends[0], ends[1])
    }
    deinit {
      close(reader)
      close(writer)
    }
  }

  /// A file without a name.
  private static func file(holding bytes: [UInt8]) throws -> Int32 {
    var name = Array("/tmp/descriptor-XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    try #require(descriptor >= 0)
    unlink(name)
    try Descriptor.writeAll(bytes[...], to: descriptor)
    lseek(descriptor, 0, SEEK_SET)
    return descriptor
  }

  @Test(arguments: [0, 1, 16_383, 16_384, 16_385, 100_000])
  func `what was written is read whole`(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let file = try Self.file(holding: bytes)
    defer { close(file) }
    #expect(try Descriptor.readAll(file, limit: count) == bytes)
  }

  @Test(arguments: [1, 16_384, 100_000])
  func `more than the limit is nothing`(count: Int) throws {
    let file = try Self.file(holding: [UInt8](repeating: 7, count: count))
    defer { close(file) }
    #expect(try Descriptor.readAll(file, limit: count - 1) == nil)
  }

  @Test func `a pipe that somebody made non-blocking is waited for`() async throws {
    let pipe = Pipe()
    try #require(fcntl(pipe.writer, F_SETFL, O_NONBLOCK) == 0)
    // Many times what a pipe holds (64 KiB, pipe(7)).
    let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let (reader, writer) = (pipe.reader, dup(pipe.writer))
    let thread = WorkerThreads(count: 1, name: "writer")
    async let written: Void = thread.run {
      defer { close(writer) }
      try Descriptor.writeAll(bytes[...], to: writer)
    }
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    var received: [UInt8] = []
    while received.count < bytes.count {
      let count = read(reader, &chunk, chunk.count)
      try #require(count > 0)
      received += chunk[..<count]
    }
    try await written
    #expect(received == bytes)
    _ = consume pipe
  }

  @Test func `what fails says why`() throws {
    func isBadDescriptor(_ error: any Error) -> Bool { (error as? Descriptor.Fault)?.number == EBADF }
    #expect(performing: { try Descriptor.readAll(-1, limit: 1) }, throws: isBadDescriptor)
    #expect(performing: { try Descriptor.writeAll([1], to: -1) }, throws: isBadDescriptor)
    #expect(performing: { try Descriptor.lock(-1, patience: .zero) }, throws: isBadDescriptor)
  }

  @Test func `a pipe takes what it has room for`() throws {
    let pipe = Pipe()
    #expect(Descriptor.canWrite(to: pipe.writer, within: 0))
    try #require(fcntl(pipe.writer, F_SETFL, O_NONBLOCK) == 0)
    let chunk = [UInt8](repeating: 0, count: 1 << 16)
    while write(pipe.writer, chunk, chunk.count) > 0 {}
    #expect(!Descriptor.canWrite(to: pipe.writer, within: 0))
  }

  @Test func `a lock is for one at a time`() throws {
    let name = "/tmp/descriptor-\(getpid())"
    let first = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    let second = open(name, O_RDWR | O_CLOEXEC)
    unlink(name)
    defer { close(second) }
    #expect(try Descriptor.lock(first, patience: .zero))
    #expect(try !Descriptor.lock(second, patience: .zero))
    close(first)
    #expect(try Descriptor.lock(second, patience: .zero))
  }
}
