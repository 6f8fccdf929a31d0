import Foundation
import Synchronization
import Testing

@testable import Platform

@Suite(.serialized) struct SecureMemoryTests {
  @Test func `off does nothing and says so`() throws {
    #expect(try SecureMemory.apply(.off) == SecureMemoryReport(mode: .off))
  }

  @Test func `what the report says is what the kernel says`() throws {
    let report = try SecureMemory.apply(.auto)
    #expect(report.mode == .auto)
    #expect(report.isLocked == (try kilobytes("VmLck:") > 1000))
    #expect(report.isUndumpable)
    var core = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &core)
    #expect(core.rlim_cur == 0 && core.rlim_max == 0)
  }

  @Test func `a limit that is too small is told with every way to lift it`() throws {
    var report = SecureMemoryReport(mode: .required)
    (report.isUndumpable, report.fillsFreedMemory) = (true, true)
    let limit = MemoryLockLimit(byteCount: 8 << 20, allowsEverything: false)
    let remedy = try #require(SecureMemory.remedy(for: report, limit))
    for part in ["8 MiB", "LimitMEMLOCK=infinity", "--ulimit memlock=-1", "--cap-add IPC_LOCK", "ulimit -l"] {
      #expect(remedy.contains(part))
    }
  }

  @Test func `each missing protection has a sentence, and nothing missing has none`() {
    let limit = MemoryLockLimit(byteCount: nil, allowsEverything: true)
    var report = SecureMemoryReport(mode: .auto)
    let sentences = { SecureMemory.remedy(for: report, limit)?.split(separator: ". ").count ?? 0 }
    #expect(sentences() == 3)
    report.isLocked = true
    #expect(sentences() == 2)
    report.isUndumpable = true
    #expect(sentences() == 1)
    report.fillsFreedMemory = true
    #expect(sentences() == 0)
  }

  @Test func `secrets get locked pages of their own where the process is not locked`() throws {
    SecretBytes.locksPagesOfItsOwn.store(true, ordering: .relaxed)
    defer { SecretBytes.locksPagesOfItsOwn.store(false, ordering: .relaxed) }
    let small = SecretBytes(copying: [1, 2, 3])
    var large = SecretBytes(zeroed: 5_000)
    let empty = SecretBytes(zeroed: 0)
    #expect(small.withBytes { UInt(bitPattern: $0.baseAddress) } % 4096 == 0)
    #expect(large.withBytes { UInt(bitPattern: $0.baseAddress) } % 4096 == 0)
    #expect(small.withBytes { Array($0) } == [1, 2, 3])
    large.withMutableBytes { $0[4_999] = 7 }
    #expect(large.withBytes { $0[4_999] } == 7)
    #expect(empty.count == 0)
    #expect(try kilobytes("VmLck:") >= 12)
  }

  private func kilobytes(_ name: String) throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(name) })
    return try #require(Int(line.filter(\.isNumber)))
  }
}
