import Glibc
import Platform
import Sealing

/// A key pair outside the daemon's own directory: a directory in NOMYO's layout, or a single file.
struct KeyFile {
  /// Why a file gave no key.
  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  /// A pair and what should be looked at.
  struct Found {
    let pair: RSAPrivateKey
    let warnings: [String]
  }

  /// Longer files are no keys (`KeyDocumentError.tooLarge`).
  private static let byteLimit = 64 << 10

  let path: String

  /// Whether the path leads to a directory.
  var isDirectory: Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The pair in a file, and what should be looked at.
  func load(password: Secret?) throws -> Found {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard descriptor >= 0 else { throw Fault(description: "\(path): \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Fault(description: "\(path) is not a file; name a PEM file, or a directory with private_key.pem")
    }
    var warnings: [String] = []
    if status.st_mode & 0o077 != 0 {
      warnings.append("\(path) can be reached by others; if they read it, rotate")
    }
    let document = try Self.read(descriptor, count: min(Int(status.st_size), Self.byteLimit + 1))
    do {
      let pair = try Self.pair(document, password)
      return Found(pair: pair, warnings: warnings)
    } catch { throw Fault(description: "\(path) holds no usable private key: \(error)") }
  }

  private static func pair(
    _ document: borrowing SecretBytes, _ password: Secret?
  ) throws(KeyDocumentError) -> RSAPrivateKey {
    // OpenSSL's reader of PEM leaves pieces of its lines on the stack.
    defer { SecureMemory.wipeStack() }
    let secret = password?.copy()
    return try RSAPrivateKey(document: document, password: secret)
  }

  private static func read(_ descriptor: Int32, count: Int) throws(Fault) -> SecretBytes {
    var bytes = SecretBytes(zeroed: count)
    let got = bytes.withMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
    guard got == count else { throw Fault(description: "the file could not be read") }
    return bytes
  }
}
