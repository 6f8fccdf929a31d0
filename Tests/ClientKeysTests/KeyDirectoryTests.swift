import Foundation
import Platform
import Sealing
import TestVectors
import Testing

@testable import ClientKeys

@Suite struct KeyDirectoryTests {
  private let scratch: ScratchDirectory

  init() throws { scratch = try ScratchDirectory() }

  private func open(_ password: String? = nil) -> KeyDirectory {
    KeyDirectory(path: scratch.keys, password: password.map { Secret($0) })
  }

  @Test func `a directory that does not exist is made for the owner alone and holds no key`() throws {
    let deep = scratch.path + "/a/b/keys"
    #expect(try KeyDirectory(path: deep, password: nil).load() == nil)
    for made in [scratch.path + "/a", scratch.path + "/a/b", deep] { #expect(scratch.mode(made) == 0o700) }
  }

  @Test(arguments: [nil, "correct horse", "pässwörd-🔑"])
  func `what was saved loads again, with NOMYO's names and modes`(password: String?) throws {
    let before = Int(Date.now.timeIntervalSince1970)
    do {
      let directory = open(password)
      #expect(try directory.load() == nil)
      try directory.save(KeyPairs.first)
    }
    #expect(scratch.names == ["private_key.pem", "public_key.pem"])
    #expect(scratch.mode(scratch.privateFile) == 0o600)
    #expect(scratch.mode(scratch.publicFile) == 0o644)
    #expect(scratch.bytes(scratch.publicFile) == Array(KeyPairs.first.publicKey.pem.utf8))
    let text = String(decoding: try #require(scratch.bytes(scratch.privateFile)), as: UTF8.self)
    let label = password == nil ? "PRIVATE KEY" : "ENCRYPTED PRIVATE KEY"
    #expect(text.hasPrefix("-----BEGIN \(label)-----\n") && text.hasSuffix("-----END \(label)-----\n"))
    let loaded = try #require(try open(password).load())
    #expect(loaded.pair.publicKey.fingerprint == KeyPairs.first.publicKey.fingerprint)
    #expect(loaded.warnings.isEmpty)
    // The file system's clock may lag by a tick of the kernel's timer.
    #expect((before - 1...before + 60).contains(loaded.createdAt))
  }

  @Test func `a saved pair opens what was wrapped for it, with four primes as with two`() throws {
    let pair = try RSAPrivateKey.generate(bits: 4096, primes: 4)
    try open("word").save(pair)
    let loaded = try #require(try open("word").load()).pair
    #expect(loaded.primes == 4)
    #expect(throws: Never.self) { _ = try loaded.unwrap(pair.publicKey.wrap(.random())) }
  }

  @Test(arguments: [
    ("client", nil), ("client_encrypted", "correct horse battery staple"),
    ("client_encrypted_utf8", "pässwörd-🔑"),
  ])
  func `files of NOMYO's package load without a change`(name: String, password: String?) throws {
    let document = KeyPairs.document("\(name)_private_key")
    let other = KeyPairs.document("\(name)_public_key")
    try scratch.put(private: document, public: other)
    utimes(
      scratch.privateFile,
      [timeval(tv_sec: 1_700_000_000, tv_usec: 0), timeval(tv_sec: 1_700_000_000, tv_usec: 0)])
    let loaded = try #require(try open(password).load())
    #expect(loaded.createdAt == 1_700_000_000)
    #expect(loaded.warnings.isEmpty)
    #expect(scratch.bytes(scratch.privateFile) == document)
    #expect(scratch.bytes(scratch.publicFile) == other)
  }

  @Test func `a directory that others can list is warned of, as the package makes it so`() throws {
    try scratch.put(
      private: KeyPairs.document("client_private_key"), public: KeyPairs.document("client_public_key"))
    chmod(scratch.keys, 0o755)
    let loaded = try #require(try open().load())
    #expect(loaded.warnings == ["\(scratch.keys) can be listed by others (mode 0755)"])
  }

  enum Spoiled: String, CaseIterable {
    case missing, stranger, garbage, empty, link, directory
  }

  @Test(arguments: Spoiled.allCases)
  func `a public file that is not the key's is told and written anew`(_ how: Spoiled) throws {
    try scratch.put(private: KeyPairs.document("client_private_key"))
    let target = scratch.path + "/target"
    switch how {
    case .missing: break
    case .stranger:
      try Data(KeyPairs.document("stranger_public_key")).write(to: URL(filePath: scratch.publicFile))
    case .garbage: try Data(repeating: 0xFF, count: 4000).write(to: URL(filePath: scratch.publicFile))
    case .empty: try Data().write(to: URL(filePath: scratch.publicFile))
    case .link:
      try Data("mine".utf8).write(to: URL(filePath: target))
      symlink(target, scratch.publicFile)
    case .directory: mkdir(scratch.publicFile, 0o700)
    }
    let directory = open()
    let loaded = try #require(try directory.load())
    let warning = try #require(loaded.warnings.first)
    #expect(loaded.warnings.count == 1 && warning.hasPrefix(scratch.publicFile))
    if how == .directory {
      #expect(warning.contains("could not be written: Is a directory"))
      return
    }
    #expect(warning.contains(how == .missing ? "was missing" : "did not belong to the private key"))
    #expect(scratch.bytes(scratch.publicFile) == KeyPairs.document("client_public_key"))
    #expect(scratch.mode(scratch.publicFile) == 0o644)
    if how == .link { #expect(scratch.bytes(target) == Array("mine".utf8)) }
    #expect(try #require(try directory.load()).warnings.isEmpty)
    #expect(scratch.names == ["private_key.pem", "public_key.pem"])
  }

  @Test func `what an interrupted process left is taken away`() throws {
    try scratch.put(private: KeyPairs.document("client_private_key"))
    for name in [".private_key.pem.unfinished", ".public_key.pem.unfinished"] {
      try Data("half a k".utf8).write(to: URL(filePath: "\(scratch.keys)/\(name)"))
    }
    let directory = open()
    #expect(try directory.load() != nil)
    #expect(scratch.names == ["private_key.pem", "public_key.pem"])
    try directory.save(KeyPairs.first)
    #expect(scratch.names == ["private_key.pem", "public_key.pem"])
  }

  @Test func `one directory is for one process at a time`() throws {
    do {
      let first = open()
      #expect(try first.load() == nil)
      let second = open()
      let inUse = KeyDirectoryFault(path: scratch.keys, reason: .inUse)
      #expect(throws: inUse) { try second.load() }
      #expect(throws: inUse) { try second.save(KeyPairs.first) }
      #expect(scratch.names.isEmpty)
      try first.save(KeyPairs.first)
    }
    #expect(try open().load()?.pair.publicKey.fingerprint == KeyPairs.first.publicKey.fingerprint)
  }

  @Test func `saving goes on under one lock, time after time`() throws {
    let directory = open()
    for pair in [KeyPairs.first, KeyPairs.second, KeyPairs.first] {
      try directory.save(pair)
      #expect(try directory.load()?.pair.publicKey.fingerprint == pair.publicKey.fingerprint)
    }
  }

  @Test func `no umask opens or closes what is written`() throws {
    try open().save(KeyPairs.first)
    #expect(scratch.mode(scratch.keys) == 0o700)
    let recorder = StepRecorder()
    recorder.begin(.none)
    let file = try #require(try? FileCalls.real.openDirectory(scratch.keys))
    _ = try FileCalls.real.create("x", in: file, mode: 0o666)
    // The usual umask of 022 would have left 0644.
    #expect(scratch.mode(scratch.keys + "/x") == 0o666)
  }
}
