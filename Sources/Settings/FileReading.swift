import Glibc
import Platform

/// The file system as the configuration needs it; tests have one in memory.
public protocol FileReading: Sendable {
  /// The content of a file of at most `limit` bytes.
  func read(_ path: String, limit: Int) throws(FileFault) -> FileContents
}

/// What was read of a file.
public struct FileContents: Sendable {
  /// The bytes.
  public let bytes: [UInt8]
  /// The permission bits of a regular file; nil for pipes and devices, where they say nothing.
  public let permissions: UInt32?

  /// A file's content and permissions.
  public init(bytes: [UInt8], permissions: UInt32?) {
    self.bytes = bytes
    self.permissions = permissions
  }
}

/// Why a file cannot be read.
public enum FileFault: Error, Sendable, Equatable, CustomStringConvertible {
  /// It does not exist.
  case missing
  /// A directory on the way to it cannot be searched, so nobody knows whether it exists.
  case unreachable
  /// It exists and may not be read.
  case denied
  /// It is a directory.
  case directory
  /// It is a pipe, and whoever reads it anew would wait for somebody to write.
  case pipe
  /// It is larger than anybody expected.
  case tooLarge
  /// Reading it failed with this error number.
  case failed(errno: Int32)

  /// The fault in words that follow the file's name.
  public var description: String {
    switch self {
    case .missing: "does not exist"
    case .unreachable: "cannot be reached: permission denied for a directory above it"
    case .denied: "cannot be read: permission denied"
    case .directory: "is a directory"
    case .pipe: "is a pipe, which cannot be read again"
    case .tooLarge: "is too large"
    case .failed(let number): "cannot be read: \(String(cString: strerror(number)))"
    }
  }
}

/// The real file system.
public struct ProcessFiles: FileReading {
  private let isAgain: Bool

  /// Reads with the rights of this process.
  ///
  /// - Parameter isAgain: Whether everything was read before: then pipes are faults.
  public init(again isAgain: Bool = false) { self.isAgain = isAgain }

  /// The content of a file, read in one go.
  public func read(_ path: String, limit: Int) throws(FileFault) -> FileContents {
    // Without O_NONBLOCK a pipe is not even opened before somebody writes; for files it changes nothing.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (isAgain ? O_NONBLOCK : 0))
    guard descriptor >= 0 else { throw Self.fault(opening: path, errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .failed(errno: errno) }
    let kind = status.st_mode & S_IFMT
    guard kind != S_IFDIR else { throw .directory }
    guard !isAgain || kind != S_IFIFO else { throw .pipe }
    let bytes: [UInt8]?
    do throws(Descriptor.Fault) { bytes = try Descriptor.readAll(descriptor, limit: limit) } catch {
      throw .failed(errno: error.number)
    }
    guard let bytes else { throw .tooLarge }
    return FileContents(bytes: bytes, permissions: kind == S_IFREG ? status.st_mode & 0o7777 : nil)
  }

  private static func fault(opening path: String, _ number: Int32) -> FileFault {
    switch number {
    case ENOENT, ENOTDIR: return .missing
    case EACCES:
      // stat(2) needs no right to the file itself, only to the directories above it.
      var status = stat()
      return stat(path, &status) == 0 ? .denied : .unreachable
    default: return .failed(errno: number)
    }
  }
}
