import Foundation
import RouterTrust
import Sealing

/// A directory of a test's own, which goes with it.
final class TemporaryDirectory: Sendable {
  /// Its path; the directory is private to its owner.
  let path: String

  init() {
    var template = Array((NSTemporaryDirectory() + "/trust-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { preconditionFailure("no temporary directory") }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var record: TrustRecord { TrustRecord(directory: path) }
  var log: TrustLog { TrustLog(directory: path) }

  subscript(_ name: String) -> [UInt8]? {
    get { FileManager.default.contents(atPath: path + "/" + name).map { [UInt8]($0) } }
    set {
      let file = path + "/" + name
      unlink(file)
      guard let newValue else { return }
      _ = FileManager.default.createFile(
        atPath: file, contents: Data(newValue), attributes: [.posixPermissions: 0o600])
    }
  }

  /// The permission bits of a file.
  func mode(_ name: String) -> mode_t? {
    var status = stat()
    return stat(path + "/" + name, &status) == 0 ? status.st_mode & 0o7777 : nil
  }

  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted() ?? [] }
}

/// The fingerprint of nobody's key, a different one for each number.
func fingerprint(_ number: Int) -> KeyFingerprint {
  let digest = SHA256Digest.of(Array("\(number)".utf8))
  guard let fingerprint = KeyFingerprint("sha256/" + Data(digest).base64EncodedString()) else {
    preconditionFailure("a digest is a fingerprint")
  }
  return fingerprint
}

let routerURL = "https://router.example"
