import Foundation
import Platform
import Sealing
import TestVectors
import Testing

@testable import ClientKeys

@Suite struct KeyDirectoryRefusalTests {
  private let scratch: ScratchDirectory

  init() throws { scratch = try ScratchDirectory() }

  private func open(_ password: String? = nil) -> KeyDirectory {
    KeyDirectory(path: scratch.keys, password: password.map { Secret($0) })
  }

  /// Neither loading nor saving, in whatever order, touches what is there.
  private func expectLeftAlone(
    _ reason: KeyDirectoryFault.Reason, password: String? = nil, at path: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let before = scratch.bytes(scratch.privateFile)
    let mode = scratch.mode(scratch.privateFile)
    let names = scratch.names
    let expected = KeyDirectoryFault(path: path ?? scratch.privateFile, reason: reason)
    do {
      let directory = open(password)
      #expect(throws: expected, sourceLocation: sourceLocation) { try directory.save(KeyPairs.first) }
      #expect(throws: expected, sourceLocation: sourceLocation) { try directory.load() }
      #expect(throws: expected, sourceLocation: sourceLocation) { try directory.save(KeyPairs.first) }
    }
    #expect(scratch.bytes(scratch.privateFile) == before, sourceLocation: sourceLocation)
    #expect(scratch.mode(scratch.privateFile) == mode, sourceLocation: sourceLocation)
    #expect(scratch.names == names, sourceLocation: sourceLocation)
    // What happened, at which path, and what to do next.
    let text = expected.description
    #expect(text.hasPrefix(expected.path) && text.contains("; "), sourceLocation: sourceLocation)
  }

  @Test(arguments: [0o604, 0o640, 0o644, 0o660, 0o601, 0o777] as [mode_t])
  func `a private key that others can reach`(mode: mode_t) throws {
    try scratch.put(private: KeyPairs.document("client_private_key"), mode: mode)
    expectLeftAlone(.permissions(mode: mode))
  }

  @Test func `what an interrupted save left stays as long as the key is refused`() throws {
    try scratch.put(private: KeyPairs.document("client_private_key"), mode: 0o644)
    try Data("half".utf8).write(to: URL(filePath: scratch.keys + "/.private_key.pem.unfinished"))
    expectLeftAlone(.permissions(mode: 0o644))
  }

  @Test func `a key with a password when none is configured`() throws {
    try scratch.put(private: KeyPairs.document("client_encrypted_private_key"))
    expectLeftAlone(.passwordMissing)
  }

  @Test(arguments: ["wrong", "Correct horse battery staple", "correct horse battery staple\n"])
  func `a wrong password`(password: String) throws {
    try scratch.put(private: KeyPairs.document("client_encrypted_private_key"))
    expectLeftAlone(.passwordWrong, password: password)
  }

  @Test func `a password for a key without one`() throws {
    try scratch.put(private: KeyPairs.document("client_private_key"))
    expectLeftAlone(.document(.needlessPassword), password: "needless")
  }

  @Test func `an empty password`() throws {
    try scratch.put(private: KeyPairs.document("client_private_key"))
    expectLeftAlone(.passwordEmpty, password: "")
  }

  @Test func `an empty password saves nothing`() throws {
    #expect(throws: KeyDirectoryFault(path: scratch.privateFile, reason: .passwordEmpty)) {
      try open("").save(KeyPairs.first)
    }
    #expect(scratch.names.isEmpty)
  }

  @Test(arguments: [
    ("rsa1024_private_key", KeyDocumentError.tooShort(bits: 1024, minimum: 2048)),
    ("ec_private_key", .notRSA),
    ("client_js_encrypted_private_key", .unreadable),
    ("client_public_key", .noKey(expected: "PRIVATE KEY")),
  ])
  func `a document that holds no usable key`(name: String, reason: KeyDocumentError) throws {
    try scratch.put(private: KeyPairs.document(name))
    expectLeftAlone(.document(reason))
  }

  @Test func `garbage, nothing, half a key, two keys and too much`() throws {
    let whole = KeyPairs.document("client_private_key")
    for (document, reason) in [
      ([UInt8]((0..<4096).map { _ in UInt8.random(in: 0...255) }), KeyDocumentError.noKey(expected: "PEM")),
      ([], .noKey(expected: "PEM")),
      (Array(whole.prefix(whole.count / 2)), .unreadable),
      (whole + whole, .severalBlocks),
      ([UInt8](repeating: 10, count: 64 * 1024 + 1), .tooLarge(limit: 64 * 1024)),
    ] {
      try scratch.put(private: document)
      expectLeftAlone(.document(reason))
    }
  }

  @Test func `a symbolic link, whatever it leads to`() throws {
    let elsewhere = scratch.path + "/elsewhere.pem"
    mkdir(scratch.keys, 0o700)
    symlink(elsewhere, scratch.privateFile)
    expectLeftAlone(.symbolicLink)
    try Data(KeyPairs.document("client_private_key")).write(to: URL(filePath: elsewhere))
    chmod(elsewhere, 0o600)
    expectLeftAlone(.symbolicLink)
    #expect(scratch.bytes(elsewhere) == KeyPairs.document("client_private_key"))
  }

  @Test func `a directory, a pipe or a socket in the key's place`() throws {
    mkdir(scratch.keys, 0o700)
    mkdir(scratch.privateFile, 0o700)
    expectLeftAlone(.notRegular)
    rmdir(scratch.privateFile)
    // Nobody writes to it: whoever waited for that would wait for ever.
    mkfifo(scratch.privateFile, 0o600)
    expectLeftAlone(.notRegular)
  }

  @Test(arguments: [0o770, 0o722, 0o702, 0o1777] as [mode_t])
  func `a directory in which others can put a key`(mode: mode_t) throws {
    try scratch.put(private: KeyPairs.document("client_private_key"))
    chmod(scratch.keys, mode)
    expectLeftAlone(.directoryWritable(mode: mode), at: scratch.keys)
  }

  @Test func `something else in the place of the directory`() throws {
    try Data("x".utf8).write(to: URL(filePath: scratch.keys))
    expectLeftAlone(.notDirectory, at: scratch.keys)
    #expect(scratch.bytes(scratch.keys) == Array("x".utf8))
  }

  @Test(.enabled(if: geteuid() == 0)) func `a key or a directory of another user`() throws {
    try scratch.put(private: KeyPairs.document("client_private_key"))
    chown(scratch.privateFile, 65534, 65534)
    expectLeftAlone(.foreignOwner(uid: 65534))
    chown(scratch.keys, 65534, 65534)
    expectLeftAlone(.foreignOwner(uid: 65534), at: scratch.keys)
  }

  @Test(arguments: [EACCES, EIO]) func `a key that the system does not let us read`(number: Int32) throws {
    try scratch.put(private: KeyPairs.document("client_private_key"))
    let recorder = StepRecorder()
    for (at, doing) in [(2, "opened"), (3, "read")] {
      recorder.begin(.refusal(at: at, errno: number))
      let directory = KeyDirectory(path: scratch.keys, password: nil, calls: recorder.calls)
      let expected = KeyDirectoryFault(
        path: scratch.privateFile, reason: .system(doing: doing, errno: number))
      #expect(throws: expected) { try directory.save(KeyPairs.first) }
      #expect(scratch.bytes(scratch.privateFile) == KeyPairs.document("client_private_key"))
      #expect(scratch.names == ["private_key.pem"])
    }
  }

  @Test func `a key that somebody put there since it was loaded is not replaced, now or later`() throws {
    let directory = open()
    try directory.save(KeyPairs.first)
    try scratch.put(private: KeyPairs.document("client_private_key"))
    let expected = KeyDirectoryFault(path: scratch.privateFile, reason: .changedMeanwhile)
    for _ in 0..<2 {
      #expect(throws: expected) { try directory.save(KeyPairs.second) }
      #expect(scratch.bytes(scratch.privateFile) == KeyPairs.document("client_private_key"))
      #expect(scratch.names == ["private_key.pem", "public_key.pem"])
    }
    // Once it was loaded, it is the former key.
    #expect(try directory.load() != nil)
    try directory.save(KeyPairs.second)
    #expect(try directory.load()?.pair.publicKey.fingerprint == KeyPairs.second.publicKey.fingerprint)
  }

  @Test func `a key that appears where there was none is not replaced`() throws {
    let directory = open()
    #expect(try directory.load() == nil)
    try scratch.put(private: Array("not even a key".utf8))
    #expect(throws: KeyDirectoryFault(path: scratch.privateFile, reason: .changedMeanwhile)) {
      try directory.save(KeyPairs.first)
    }
    #expect(scratch.bytes(scratch.privateFile) == Array("not even a key".utf8))
  }

  @Test func `no description shows a password or a key`() throws {
    let reasons: [KeyDirectoryFault.Reason] = [
      .system(doing: "read", errno: EIO), .system(doing: "written", errno: ENOSPC), .notDirectory,
      .directoryWritable(mode: 0o777), .foreignOwner(uid: 1), .inUse, .symbolicLink, .notRegular,
      .permissions(mode: 0o644), .passwordMissing, .passwordWrong, .passwordEmpty, .document(.unreadable),
      .document(.needlessPassword), .changedMeanwhile, .encoding(.library("x")),
    ]
    let texts = reasons.map { KeyDirectoryFault(path: "/keys/private_key.pem", reason: $0).description }
    #expect(Set(texts).count == reasons.count)
    for text in texts {
      #expect(text.hasPrefix("/keys/private_key.pem ") && text.split(separator: "; ").count == 2)
    }
  }
}
