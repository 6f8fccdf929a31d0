import Foundation
import Testing

@testable import Service

/// The way to the journal, with a stand-in for libsystemd; the real one is tried in Tests/Interop and Tests/Systemd.
@Suite(.timeLimit(.minutes(1))) struct JournalTests {
  private func entry(_ text: String) -> JournalEntry {
    var entry = JournalEntry()
    entry.add("MESSAGE", text)
    return entry
  }

  private func texts(_ entry: JournalEntry) -> [String] {
    zip([0] + entry.ends, entry.ends).map { String(decoding: entry.bytes[$0..<$1], as: UTF8.self) }
  }

  @Test func `names are brought into the journal's form, and none can pass for one of journald's own`() {
    var entry = JournalEntry()
    for name in ["total_ms", "in-flight", "_PID", "9lives", "", "__", "ä", String(repeating: "x", count: 99)]
    {
      entry.add(name, "v")
    }
    #expect(
      texts(entry) == [
        "TOTAL_MS=v", "IN_FLIGHT=v", "PID=v", "LIVES=v", "\(String(repeating: "X", count: 64))=v",
      ])
  }

  @Test func `a value holds line ends and equals signs as they are, and begins no field`() {
    var entry = entry("one\nPRIORITY=0\n=x")
    entry.add("B", "")
    #expect(texts(entry) == ["MESSAGE=one\nPRIORITY=0\n=x", "B="])
  }

  @Test func `fields beyond the most are left out`() {
    var entry = JournalEntry()
    for number in 0..<200 { entry.add("F\(number)", "x") }
    #expect(entry.ends.count == JournalEntry.mostFields)
  }

  @Test func `a journal that takes nothing holds nobody up, and what was lost is told afterwards`()
    async throws
  {
    let (gate, taken) = (DispatchSemaphore(value: 0), TakenEntries())
    let journal = Journal(limit: 4, entryForLost: { (self.entry("lost \($0)"), []) }) { entry in
      if taken.isFirst { gate.wait() }
      taken.add(self.texts(entry).joined())
      return true
    }
    let clock = ContinuousClock()
    let time = clock.measure { for number in 0..<1000 { journal.write(entry("\(number)"), fallback: []) } }
    #expect(time < .seconds(5), "a blocked journal would hold this for ever")
    gate.signal()
    journal.flush(atMost: .seconds(20))
    while taken.all.count < 5 { try await Task.sleep(for: .milliseconds(1)) }
    #expect(
      Set(taken.all.filter { !$0.contains("lost") }) == ["MESSAGE=0", "MESSAGE=1", "MESSAGE=2", "MESSAGE=3"])
    #expect(taken.all.contains("MESSAGE=lost 996"))
  }

  @Test func `what the journal does not take goes to standard error`() async {
    await #expect(processExitsWith: .success) {
      let pipe = Pipe()
      let usual = dup(STDERR_FILENO)
      dup2(pipe.fileHandleForWriting.fileDescriptor, STDERR_FILENO)
      var entry = JournalEntry()
      entry.add("MESSAGE", "x")
      let journal = Journal(limit: 4, entryForLost: { _ in (JournalEntry(), []) }) { _ in false }
      journal.write(entry, fallback: Array("the line\n".utf8))
      journal.flush(atMost: .seconds(20))
      dup2(usual, STDERR_FILENO)
      let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
      #expect(line == "the line\n")
    }
  }

  @Test func `standard error is the journal's only while it is what systemd connected`() throws {
    let pipe = Pipe()
    var status = stat()
    let descriptor = pipe.fileHandleForWriting.fileDescriptor
    #expect(fstat(descriptor, &status) == 0)
    #expect(Journal.isStream("\(status.st_dev):\(status.st_ino)", descriptor: descriptor))
    for other in [
      "", ":", "\(status.st_dev)", "\(status.st_dev):\(status.st_ino + 1)",
      "\(status.st_dev):\(status.st_ino) ",
    ] {
      #expect(!Journal.isStream(other, descriptor: descriptor))
    }
    #expect(!Journal.isStream("0:0", descriptor: -1))
  }
}

/// What a stand-in took, in order.
private final class TakenEntries: @unchecked Sendable {
  // @unchecked: both are reached only with the lock held.
  private let lock = NSLock()
  private var entries: [String] = []
  private var count = 0

  /// Whether this is the first question.
  var isFirst: Bool {
    lock.withLock {
      count += 1
      return count == 1
    }
  }

  var all: [String] { lock.withLock { entries } }

  func add(_ entry: String) { lock.withLock { entries.append(entry) } }
}
