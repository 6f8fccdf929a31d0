import Foundation
import Platform
import Testing

@Suite struct PrivateDirectoryTests {
  private let base: String

  init() throws {
    base = NSTemporaryDirectory() + "private-directory-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true)
  }

  /// A directory with these permissions, and in it something where a socket would be.
  private func directory(_ mode: Int) throws -> String {
    let path = base + "/\(String(mode, radix: 8))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Data().write(to: URL(fileURLWithPath: path + "/s"))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    return path
  }

  @Test(arguments: [0o700, 0o750, 0o755])
  func `a directory that only its owner writes to has no flaw`(_ mode: Int) throws {
    let path = try directory(mode)
    #expect(PrivateDirectory.flaw(of: path) == nil)
    #expect(PrivateDirectory.isTrustworthy(socket: path + "/s"))
  }

  @Test(arguments: [0o720, 0o702, 0o777])
  func `one that others write to has`(_ mode: Int) throws {
    let path = try directory(mode)
    #expect(PrivateDirectory.flaw(of: path)?.contains("can be written by others") == true)
    #expect(!PrivateDirectory.isTrustworthy(socket: path + "/s"))
  }

  @Test func `in a directory like tmp one's own socket is one's own`() throws {
    let path = try directory(0o1777)
    #expect(PrivateDirectory.flaw(of: path) != nil)
    #expect(PrivateDirectory.isTrustworthy(socket: path + "/s"))
  }

  @Test func `what does not exist is found out by whoever needs it`() {
    #expect(PrivateDirectory.flaw(of: base + "/nowhere") == nil)
    #expect(PrivateDirectory.isTrustworthy(socket: base + "/nowhere/s"))
  }

  @Test(.enabled(if: getuid() == 0, "needs root to give files away"))
  func `a stranger's socket and a stranger's directory are not trusted`() throws {
    let path = try directory(0o755)
    try FileManager.default.setAttributes([.ownerAccountID: 65534], ofItemAtPath: path + "/s")
    #expect(!PrivateDirectory.isTrustworthy(socket: path + "/s"))
    try FileManager.default.setAttributes([.ownerAccountID: 65534], ofItemAtPath: path)
    #expect(PrivateDirectory.flaw(of: path)?.contains("belongs to user 65534") == true)
    // A service's socket in the service's directory.
    #expect(PrivateDirectory.isTrustworthy(socket: path + "/s"))
  }
}
