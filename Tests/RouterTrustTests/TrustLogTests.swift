import Platform
import Sealing
import Testing

@testable import RouterTrust

@Suite struct TrustLogTests {
  private let directory = TemporaryDirectory()

  /// A log of three entries with the head that belongs to it.
  private func threeEntries() throws -> (bytes: [UInt8], head: TrustLogHead) {
    for number in 1...3 {
      try directory.record.pin(fingerprint(number), of: routerURL, at: number, log: directory.log)
    }
    let bytes = try #require(directory["trust.log"])
    return (bytes, try TrustBook(json: try #require(directory["trust.json"])).head)
  }

  private func lines(_ bytes: [UInt8]) -> [[UInt8]] {
    bytes.split(separator: UInt8(ascii: "\n")).map { $0 + [UInt8(ascii: "\n")] }
  }

  @Test func `a log reads back as it was written, and each entry has the hash of the one before`() throws {
    let (bytes, head) = try threeEntries()
    let chain = TrustLogChain(bytes, remembered: head)
    #expect(chain.flaw == nil && chain.tornBytes == 0)
    #expect(chain.entries.map(\.number) == [1, 2, 3])
    #expect(chain.entries.map(\.key) == [fingerprint(1), fingerprint(2), fingerprint(3)])
    #expect(chain.entries.map(\.previous) == [TrustLogEntry.origin] + chain.entries.prefix(2).map(\.hash))
    #expect(chain.head == head)
    #expect(try directory.log.verify() == chain)
  }

  /// The format, spelled out: other programs may verify it.
  @Test func `an entry is one line whose hash anybody can compute`() throws {
    let note = TrustLogNote(
      time: 1_800_000_000, router: "https://a\"\n\u{2028}", event: .refused, key: fingerprint(1), bits: 4096,
      certificate: fingerprint(2))
    let entry = TrustLogEntry(note, number: 1, previous: TrustLogEntry.origin)
    let content =
      #"{"n":1,"time":"2027-01-15T08:00:00Z","router":"https://a\"\n\u2028","event":"refused","key":"\#(fingerprint(1))""#
      + #","bits":4096,"certificate":"\#(fingerprint(2))","previous":"\#(TrustLogEntry.origin)""#
    let digest = SHA256Digest.of(Array((TrustLogEntry.origin + content).utf8))
    let hash = digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    #expect(String(decoding: entry.line, as: UTF8.self) == content + #","hash":"\#(hash)"}"#)
    #expect(TrustLogEntry(line: entry.line) == entry)
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"),
  ])
  func `times are RFC 3339 in UTC`(seconds: Int, text: String) {
    #expect(TrustLogEntry.text(of: seconds) == text)
  }

  @Test func `any byte that is changed is found, in the entry in which it is`() throws {
    let (bytes, head) = try threeEntries()
    var entry = 1
    for index in bytes.indices {
      for bits: UInt8 in [0x01, 0x20, 0x80] {
        var changed = bytes
        changed[index] ^= bits
        let flaw = TrustLogChain(changed, remembered: head).flaw
        #expect(flaw?.entry == entry, "byte \(index) ^ \(bits): \(String(describing: flaw))")
      }
      if bytes[index] == UInt8(ascii: "\n") { entry += 1 }
    }
  }

  @Test func `a byte more or less is found anywhere`() throws {
    let (bytes, head) = try threeEntries()
    for index in bytes.indices {
      var shorter = bytes
      shorter.remove(at: index)
      #expect(TrustLogChain(shorter, remembered: head).flaw != nil, "without byte \(index)")
      var longer = bytes
      longer.insert(UInt8(ascii: " "), at: index)
      #expect(TrustLogChain(longer, remembered: head).flaw != nil, "a blank before byte \(index)")
    }
  }

  @Test func `lines that are removed, doubled or swapped are found`() throws {
    let (bytes, head) = try threeEntries()
    let lines = lines(bytes)
    func flaw(_ order: Int...) -> TrustLogFlaw? {
      TrustLogChain(order.flatMap { lines[$0] }, remembered: head).flaw
    }
    #expect(flaw(0, 1, 2) == nil)
    #expect(flaw(1, 2) == TrustLogFlaw(entry: 1, kind: .outOfPlace))
    #expect(flaw(0, 2) == TrustLogFlaw(entry: 2, kind: .outOfPlace))
    #expect(flaw(0, 0, 1, 2) == TrustLogFlaw(entry: 2, kind: .outOfPlace))
    #expect(flaw(0, 2, 1) == TrustLogFlaw(entry: 2, kind: .outOfPlace))
    #expect(flaw(1, 0, 2) == TrustLogFlaw(entry: 1, kind: .outOfPlace))
    #expect(flaw(0, 1) == TrustLogFlaw(entry: 3, kind: .cut(remembered: 3)))
    #expect(flaw(0) == TrustLogFlaw(entry: 2, kind: .cut(remembered: 3)))
    #expect(flaw() == TrustLogFlaw(entry: 1, kind: .cut(remembered: 3)))
  }

  @Test func `a log that was cut at any byte is found`() throws {
    let (bytes, head) = try threeEntries()
    for length in bytes.indices {
      guard case .cut(remembered: 3) = TrustLogChain(Array(bytes[..<length]), remembered: head).flaw?.kind
      else {
        Issue.record("cut at \(length)")
        continue
      }
    }
  }

  @Test func `a log that was written anew with sound hashes is not the one that is remembered`() throws {
    let (_, head) = try threeEntries()
    var forged: [UInt8] = []
    var previous = TrustLogEntry.origin
    for number in 1...3 {
      let note = TrustLogNote(
        time: 9, router: routerURL, event: .pinned, key: fingerprint(number), acceptedBy: .pin)
      let entry = TrustLogEntry(note, number: number, previous: previous)
      forged += entry.line + [UInt8(ascii: "\n")]
      previous = entry.hash
    }
    #expect(TrustLogChain(forged, remembered: .empty).flaw == nil)
    #expect(
      TrustLogChain(forged, remembered: head).flaw == TrustLogFlaw(entry: 3, kind: .notAsRemembered))
  }

  @Test func `a torn last line is told apart, and the next entry takes its place`() throws {
    let (bytes, _) = try threeEntries()
    for length in [1, 50, 200] {
      directory["trust.log"] = bytes + lines(bytes)[0].prefix(length)
      let chain = try directory.log.verify()
      #expect(chain.flaw == nil && chain.tornBytes == length && chain.entries.count == 3)
    }
    try directory.record.pin(fingerprint(4), of: routerURL, at: 4, log: directory.log)
    let chain = try directory.log.verify()
    #expect(chain.flaw == nil && chain.tornBytes == 0 && chain.entries.count == 4)
    #expect(directory["trust.log"]?.starts(with: bytes) == true)
  }

  @Test func `nothing is added to a log with a flaw, and trust goes on`() throws {
    let (bytes, _) = try threeEntries()
    for broken in [Array(bytes.dropLast(10)), lines(bytes)[0] + lines(bytes)[2], []] {
      directory["trust.log"] = broken
      let (router, fault) = try directory.record.accept(
        fingerprint(9), of: routerURL, at: 9, log: directory.log)
      guard case .brokenLog = fault else {
        Issue.record("no fault")
        continue
      }
      #expect(router.trusted.map(\.key) == [fingerprint(9)])
      #expect(directory["trust.log"] == broken)
    }
    directory["trust.log"] = nil
    #expect(try directory.log.verify().flaw == TrustLogFlaw(entry: 1, kind: .cut(remembered: 3)))
  }

  @Test func `a log that was set aside makes room for a new one`() throws {
    let (bytes, _) = try threeEntries()
    directory["trust.log"] = Array(bytes.dropFirst())
    _ = try directory.log.setAside(at: 0)
    try directory.record.pin(fingerprint(4), of: routerURL, at: 4, log: directory.log)
    let chain = try directory.log.verify()
    #expect(chain.flaw == nil && chain.entries.map(\.number) == [1])
    #expect(directory["trust.log.1970-01-01T00:00:00Z"] == Array(bytes.dropFirst()))
    #expect(try directory.record.router(routerURL).trusted.count == 4)
  }

  @Test func `several writers at once lose nothing and keep one chain`() async throws {
    let threads = WorkerThreads(count: 4, name: "writers")
    let path = directory.path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          try await threads.run {
            for number in 0..<10 {
              let (_, fault) = try TrustRecord(directory: path).pin(
                fingerprint(writer * 10 + number), of: routerURL, at: number, log: TrustLog(directory: path))
              if let fault { throw fault }
              _ = try TrustLog(directory: path).verify().flaw.map { throw $0 }
            }
          }
        }
      }
      try await group.waitForAll()
    }
    let chain = try directory.log.verify()
    #expect(chain.flaw == nil && chain.entries.count == 40)
    #expect(Set(try directory.record.router(routerURL).trusted.map(\.key)) == Set((0..<40).map(fingerprint)))
  }
}
