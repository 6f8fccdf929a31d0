import Foundation
import Platform
import Sealing
import Testing

@testable import ClientKeys

@Suite struct KeyDirectoryCrashTests {
  private static let old = KeyPairs.first.publicKey.fingerprint
  private static let new = KeyPairs.second.publicKey.fingerprint

  /// The order is what makes it safe: nothing takes its place before it is complete on the disk.
  private static let stepsOfSaving: [FileStep] = [
    .create, .write, .syncFile, .create, .write, .syncFile, .rename, .rename, .syncDirectory,
  ]

  @Test func `saving writes both files whole before either takes its place`() throws {
    let scratch = try ScratchDirectory()
    let recorder = StepRecorder()
    let directory = KeyDirectory(path: scratch.keys, password: nil, calls: recorder.calls)
    _ = try directory.load()
    #expect(
      recorder.steps == [
        .openDirectory, .openDirectory, .makeDirectory, .syncDirectory, .openDirectory,
        .lockDirectory, .open,
      ])
    recorder.begin(.none)
    try directory.save(KeyPairs.first)
    #expect(recorder.steps == Self.stepsOfSaving)
    recorder.begin(.none)
    try directory.save(KeyPairs.second)
    #expect(recorder.steps == Self.stepsOfSaving)
  }

  @Test(arguments: 0...9)
  func `a process that dies at any step leaves the old key or the new one`(step: Int) throws {
    let scratch = try ScratchDirectory()
    try KeyDirectory(path: scratch.keys, password: nil).save(KeyPairs.first)
    let recorder = StepRecorder()
    do {
      let dying = KeyDirectory(path: scratch.keys, password: nil, calls: recorder.calls)
      _ = try dying.load()
      recorder.begin(.death(at: step))
      let isWhole = step >= Self.stepsOfSaving.count
      if isWhole {
        try dying.save(KeyPairs.second)
      } else {
        #expect(throws: KeyDirectoryFault.self) { try dying.save(KeyPairs.second) }
      }
    }
    let reopened = KeyDirectory(path: scratch.keys, password: nil)
    let loaded = try #require(try reopened.load())
    // The private file takes its place in step 7.
    #expect(loaded.pair.publicKey.fingerprint == (step > 7 ? Self.new : Self.old))
    // Between the two renamings the public file is ahead.
    #expect(loaded.warnings.count == (step == 7 ? 1 : 0))
    #expect(scratch.names == ["private_key.pem", "public_key.pem"])
    #expect(scratch.bytes(scratch.publicFile) == Array(loaded.pair.publicKey.pem.utf8))
    #expect(try #require(try reopened.load()).warnings.isEmpty)
    try reopened.save(KeyPairs.second)
    #expect(try reopened.load()?.pair.publicKey.fingerprint == Self.new)
  }

  @Test(arguments: 0...15)
  func `a process that dies at any step of its first save leaves no key or the new one`(step: Int) throws {
    let scratch = try ScratchDirectory()
    let recorder = StepRecorder()
    recorder.begin(.death(at: step))
    do {
      let dying = KeyDirectory(path: scratch.keys, password: nil, calls: recorder.calls)
      #expect(throws: KeyDirectoryFault.self) { try dying.save(KeyPairs.second) }
    }
    let reopened = KeyDirectory(path: scratch.keys, password: nil)
    let loaded = try reopened.load()
    #expect(loaded?.pair.publicKey.fingerprint == (step > 14 ? Self.new : nil))
    try reopened.save(KeyPairs.first)
    #expect(try reopened.load()?.pair.publicKey.fingerprint == Self.old)
    #expect(scratch.names == ["private_key.pem", "public_key.pem"])
  }

  @Test(arguments: 0...8, [ENOSPC, EIO])
  func `a disk that refuses any step is told of, leaves a pair, and the next save succeeds`(
    step: Int, number: Int32
  ) throws {
    let scratch = try ScratchDirectory()
    let recorder = StepRecorder()
    do {
      let directory = KeyDirectory(path: scratch.keys, password: nil, calls: recorder.calls)
      try directory.save(KeyPairs.first)
      recorder.begin(.refusal(at: step, errno: number))
      let fault = #expect(throws: KeyDirectoryFault.self) { try directory.save(KeyPairs.second) }
      guard case .system(_, number) = fault?.reason else {
        Issue.record("\(String(describing: fault))")
        return
      }
      #expect(scratch.names == ["private_key.pem", "public_key.pem"])
      // Only what comes after the last renaming can fail with the new pair in place.
      let kept = try #require(try KeyDirectoryCrashTests.pair(in: scratch))
      #expect(kept.publicKey.fingerprint == (step == 8 ? Self.new : Self.old))
      recorder.begin(.none)
      try directory.save(KeyPairs.second)
    }
    let loaded = try #require(try KeyDirectory(path: scratch.keys, password: nil).load())
    #expect(loaded.pair.publicKey.fingerprint == Self.new)
    #expect(loaded.warnings.isEmpty)
  }

  @Test(arguments: 0...8)
  func `a disk that refuses a step of loading never costs the key`(step: Int) throws {
    let scratch = try ScratchDirectory()
    try KeyDirectory(path: scratch.keys, password: nil).save(KeyPairs.first)
    let before = scratch.bytes(scratch.privateFile)
    unlink(scratch.publicFile)
    let recorder = StepRecorder()
    recorder.begin(.refusal(at: step, errno: EIO))
    do {
      let directory = KeyDirectory(path: scratch.keys, password: nil, calls: recorder.calls)
      do {
        // What concerns the public file alone is a warning.
        #expect(try #require(try directory.load()).warnings.count == 1)
        #expect(step >= 4)
      } catch {
        #expect(error is KeyDirectoryFault && step < 4)
      }
    }
    #expect(scratch.bytes(scratch.privateFile) == before)
    #expect(try KeyDirectory(path: scratch.keys, password: nil).load() != nil)
  }

  @Test func `halves of files that a loss of power left are taken away`() throws {
    let scratch = try ScratchDirectory()
    try KeyDirectory(path: scratch.keys, password: nil).save(KeyPairs.first)
    for name in [".private_key.pem.unfinished", ".public_key.pem.unfinished"] {
      let half = try #require(scratch.bytes(scratch.privateFile)).prefix(700)
      try Data(half).write(to: URL(filePath: "\(scratch.keys)/\(name)"))
    }
    let loaded = try #require(try KeyDirectory(path: scratch.keys, password: nil).load())
    #expect(loaded.pair.publicKey.fingerprint == Self.old)
    #expect(scratch.names == ["private_key.pem", "public_key.pem"])
  }

  private static func pair(in scratch: ScratchDirectory) throws -> RSAPrivateKey? {
    let text = try #require(scratch.bytes(scratch.privateFile))
    return try RSAPrivateKey(document: SecretBytes(copying: text), password: nil)
  }
}
