import Foundation
import Testing

@testable import Daemon

/// Lines on their way to a reader who may stand still.
@Suite(.timeLimit(.minutes(1))) struct LineOutputTests {
  @Test func `a line is there when the call returns`() throws {
    let pipe = Pipe()
    let output = LineOutput(pipe.fileHandleForWriting.fileDescriptor, style: .json)
    output.write(Array("one\n".utf8))
    output.write(Array("two\n".utf8))
    #expect(pipe.fileHandleForReading.availableData == Data("one\ntwo\n".utf8))
  }

  @Test func `a reader that stands still holds nobody up, and what was lost is told afterwards`() async throws
  {
    let pipe = Pipe()
    let descriptor = pipe.fileHandleForWriting.fileDescriptor
    let size = Int(fcntl(descriptor, 1031 /* F_SETPIPE_SZ, which Swift does not see */, 4096))
    try #require(size == 4096)
    let output = LineOutput(descriptor, style: .json, limit: 8)
    let filler = String(repeating: "x", count: 995)
    for number in 1000..<2000 { output.write(Array("\(number)\(filler)\n".utf8)) }
    // Nobody has read a byte: a few lines are in the pipe, and eight wait.
    let reading = Reading(pipe)
    output.flush(atMost: .seconds(30))
    try pipe.fileHandleForWriting.close()
    let all = String(decoding: reading.all(), as: UTF8.self).split(separator: "\n")
    let came = all.filter { $0.hasSuffix(filler) }.compactMap { Int($0.prefix(4)) }
    #expect(came == came.sorted() && (9..<100).contains(came.count))
    let told = all.compactMap { $0.firstMatch(of: /log entries lost.*"count":"?(\d+)/).flatMap { Int($0.1) } }
    #expect(told.reduce(came.count, +) == 1000)
    #expect(came.count + told.count == all.count)
  }

  @Test func `a line that no pipe takes in one piece is written whole, and in its place`() throws {
    let pipe = Pipe()
    let output = LineOutput(pipe.fileHandleForWriting.fileDescriptor, style: .text)
    let long = String(repeating: "y", count: 1 << 20)
    let reading = Reading(pipe)
    for line in ["first", long, "last"] { output.write(Array((line + "\n").utf8)) }
    output.flush(atMost: .seconds(30))
    try pipe.fileHandleForWriting.close()
    let text = String(decoding: reading.all(), as: UTF8.self)
    #expect(text == "first\n\(long)\nlast\n")
  }

  @Test func `a descriptor that somebody made non-blocking gets every byte all the same`() throws {
    let pipe = Pipe()
    let descriptor = pipe.fileHandleForWriting.fileDescriptor
    #expect(fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0)
    let output = LineOutput(descriptor, style: .text)
    let reading = Reading(pipe)
    let line = String(repeating: "z", count: 3000) + "\n"
    for _ in 0..<200 { output.write(Array(line.utf8)) }
    output.flush(atMost: .seconds(30))
    try pipe.fileHandleForWriting.close()
    #expect(String(decoding: reading.all(), as: UTF8.self) == String(repeating: line, count: 200))
  }
}

/// Reads to the end, on a thread that no test can keep busy.
private final class Reading: @unchecked Sendable {
  // @unchecked: `bytes` is written before and read after the semaphore is signalled.
  private var bytes = Data()
  private let isDone = DispatchSemaphore(value: 0)

  init(_ pipe: Pipe) {
    Thread.detachNewThread {
      self.bytes = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
      self.isDone.signal()
    }
  }

  func all() -> Data {
    isDone.wait()
    return bytes
  }
}
