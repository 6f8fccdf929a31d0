import Foundation
import Platform
import Sealing
import TestVectors

@testable import ClientKeys

/// A directory for one test, gone with the last holder.
final class ScratchDirectory: Sendable {
  let path: String
  /// A place in it where a key directory may be made.
  var keys: String { path + "/keys" }
  var privateFile: String { keys + "/private_key.pem" }
  var publicFile: String { keys + "/public_key.pem" }

  init() throws {
    path = NSTemporaryDirectory() + "nomyo-keys-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    chmod(keys, 0o700)
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Puts files where NOMYO's package would.
  func put(private document: [UInt8], mode: mode_t = 0o600, public other: [UInt8]? = nil) throws {
    if mkdir(keys, 0o700) != 0 { guard errno == EEXIST else { throw POSIXError(.EIO) } }
    try Data(document).write(to: URL(filePath: privateFile))
    chmod(privateFile, mode)
    if let other { try Data(other).write(to: URL(filePath: publicFile)) }
  }

  func bytes(_ file: String) -> [UInt8]? { FileManager.default.contents(atPath: file).map { [UInt8]($0) } }

  /// What is in the key directory.
  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: keys)) ?? []).sorted() }

  func mode(_ file: String) -> mode_t {
    var status = stat()
    return lstat(file, &status) == 0 ? status.st_mode & 0o7777 : 0
  }
}

/// Short keys, which are made in a tenth of a second.
enum KeyPairs {
  static let first = made()
  static let second = made()

  private static func made() -> RSAPrivateKey {
    do { return try RSAPrivateKey.generate(bits: 2048) } catch {
      preconditionFailure("no key could be made: \(error)")
    }
  }

  static func document(_ name: String) -> [UInt8] { TestVectors.bytes("keys/\(name).pem") }
}

/// Watches the calls of a key directory and lets them fail.
final class StepRecorder: Sendable {
  enum Failure: Sendable {
    /// Nothing fails.
    case none
    /// The step with this number, counted from 0, and everything after it never happens: the process is dead.
    case death(at: Int)
    /// The step with this number fails, and no other.
    case refusal(at: Int, errno: Int32)
  }

  private let state = Locked<(steps: [FileStep], failure: Failure)>(([], .none))

  var steps: [FileStep] { state.withLock { $0.steps } }

  /// Forgets what was seen and fails like this from now on.
  func begin(_ failure: Failure) { state.withLock { $0 = ([], failure) } }

  var calls: FileCalls {
    FileCalls { [state] step throws(SystemFault) in
      try state.withLock { state throws(SystemFault) in
        let number = state.steps.count
        state.steps.append(step)
        switch state.failure {
        case .death(let last) where number >= last: throw SystemFault(step: step, number: EOWNERDEAD)
        case .refusal(let one, let error) where number == one: throw SystemFault(step: step, number: error)
        default: return
        }
      }
    }
  }
}
