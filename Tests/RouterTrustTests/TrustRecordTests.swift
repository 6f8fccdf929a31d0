import Foundation
import Platform
import Sealing
import Testing

@testable import RouterTrust

@Suite struct TrustRecordTests {
  private let directory = TemporaryDirectory()
  private var record: TrustRecord { directory.record }

  private func reason(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch { return "\(error)" }
  }

  @Test func `what is remembered of several routers is read back`() throws {
    try record.accept(fingerprint(1), of: routerURL, at: 10, log: nil)
    try record.pin(fingerprint(2), of: routerURL, at: 11, log: nil)
    try record.accept(fingerprint(3), of: "http://[::1]:12434/a", at: 12, log: nil)
    let routers = try record.routers()
    #expect(routers.count == 2)
    #expect(
      routers[routerURL]?.trusted == [
        TrustedKey(key: fingerprint(1), since: 10, source: .operator),
        TrustedKey(key: fingerprint(2), since: 11, source: .pin),
      ])
    #expect(try record.router("http://[::1]:12434/a").trusted.map(\.key) == [fingerprint(3)])
    #expect(try record.router("https://other.example") == RememberedRouter())
  }

  @Test func `a directory that does not exist is empty, and made private when there is something to keep`()
    throws
  {
    let path = directory.path + "/a/b"
    #expect(try TrustRecord(directory: path).routers().isEmpty)
    #expect(directory.names.isEmpty)
    try TrustRecord(directory: path).pin(fingerprint(1), of: routerURL, at: 0, log: nil)
    #expect(directory.mode("a") == 0o700 && directory.mode("a/b") == 0o700)
  }

  @Test func `all files have mode 0600`() throws {
    try record.accept(fingerprint(1), of: routerURL, at: 0, log: directory.log)
    #expect(directory.names == ["trust.json", "trust.lock", "trust.log"])
    for name in directory.names { #expect(directory.mode(name) == 0o600, "\(name)") }
  }

  @Test(arguments: ["trust.json", "trust.log", "trust.lock"])
  func `a symbolic link is refused and what it leads to left alone`(name: String) throws {
    let target = directory.path + "/target"
    directory["target"] = []
    try FileManager.default.createSymbolicLink(
      atPath: directory.path + "/" + name, withDestinationPath: target)
    let fault = try? record.accept(fingerprint(1), of: routerURL, at: 0, log: directory.log).logFault
    let thrown = reason { try record.accept(fingerprint(1), of: routerURL, at: 0, log: directory.log) }
    let text = thrown ?? fault.flatMap { $0 }?.description
    #expect(text?.contains("\(name): it is a symbolic link") == true)
    #expect(directory["target"] == [])
  }

  @Test func `a leftover of a crash, or a link in its place, does not get in the way`() throws {
    directory["target"] = []
    try FileManager.default.createSymbolicLink(
      atPath: directory.path + "/trust.json.new", withDestinationPath: directory.path + "/target")
    try record.pin(fingerprint(1), of: routerURL, at: 0, log: nil)
    #expect(directory["target"] == [])
    #expect(directory.names == ["target", "trust.json", "trust.lock"])
  }

  @Test func `a pipe is refused without waiting for its writer`() {
    mkfifo(directory.path + "/trust.json", 0o600)
    #expect(reason { _ = try record.routers() }?.contains("not a regular file") == true)
  }

  @Test(arguments: [0o644, 0o660, 0o602, 0o700, 0o4600] as [mode_t])
  func `a record that others may touch is refused and stays as it is`(mode: mode_t) throws {
    try record.pin(fingerprint(1), of: routerURL, at: 0, log: nil)
    let before = directory["trust.json"]
    chmod(directory.path + "/trust.json", mode)
    #expect(reason { _ = try record.routers() }?.contains("its mode is not 0600") == true)
    #expect(reason { try record.pin(fingerprint(2), of: routerURL, at: 0, log: nil) } != nil)
    #expect(directory["trust.json"] == before)
    #expect(directory.mode("trust.json") == mode)
  }

  @Test func `a directory that others can write to is refused`() {
    chmod(directory.path, 0o770)
    #expect(
      reason { try record.pin(fingerprint(1), of: routerURL, at: 0, log: nil) }?.contains("chmod go-w")
        == true)
    chmod(directory.path, 0o700)
  }

  @Test(.enabled(if: geteuid() == 0, "needs root"))
  func `a file of another owner than the directory's is refused`() throws {
    try record.pin(fingerprint(1), of: routerURL, at: 0, log: nil)
    chown(directory.path + "/trust.json", 12345, gid_t.max)
    #expect(reason { _ = try record.routers() }?.contains("does not belong to the directory's owner") == true)
  }

  @Test(.enabled(if: geteuid() == 0, "needs root"))
  func `what root keeps for a service stays the service's`() throws {
    chown(directory.path, 12345, gid_t.max)
    try record.accept(fingerprint(1), of: routerURL, at: 0, log: directory.log)
    try record.accept(fingerprint(2), of: routerURL, at: 0, log: directory.log)
    for name in directory.names {
      var status = stat()
      #expect(stat(directory.path + "/" + name, &status) == 0 && status.st_uid == 12345, "\(name)")
    }
    #expect(try record.router(routerURL).trusted.map(\.key) == [fingerprint(2)])
  }

  @Test func `a record that is gone while the log remains is no fresh start`() throws {
    try record.accept(fingerprint(1), of: routerURL, at: 0, log: directory.log)
    directory["trust.json"] = nil
    #expect(reason { _ = try record.routers() }?.contains("is missing although") == true)
    #expect(reason { try record.pin(fingerprint(2), of: routerURL, at: 0, log: nil) } != nil)
    #expect(directory["trust.json"] == nil)
    _ = try directory.log.setAside(at: 0)
    #expect(try record.routers().isEmpty)
    try record.pin(fingerprint(2), of: routerURL, at: 0, log: directory.log)
    #expect(try directory.log.verify().entries.count == 1)
  }

  @Test func `a lock that is not let go of is a fault after a while`() throws {
    let patient = StateDirectory(directory.path, patience: .milliseconds(20))
    try record.pin(fingerprint(1), of: routerURL, at: 0, log: nil)
    let holder = Glibc.open(directory.path + "/trust.lock", O_RDWR)
    defer { close(holder) }
    #expect(flock(holder, LOCK_EX) == 0)
    #expect(throws: TrustStoreFault.busy(path: directory.path + "/trust.lock")) {
      try TrustRecord(patient).pin(fingerprint(2), of: routerURL, at: 0, log: nil)
    }
    flock(holder, LOCK_UN)
    try TrustRecord(patient).pin(fingerprint(2), of: routerURL, at: 0, log: nil)
  }
}
