import Glibc

/// A step of the work on files; tests let it fail.
package enum FileStep: String, Sendable, CaseIterable {
  case lock, remove, create, write, sync, rename, syncDirectory, open, append, syncLog, truncate
}

/// What a test lets happen at a step.
package enum Interference: Sendable {
  /// The step fails with this error number and does nothing.
  case fail(Int32)
  /// So many bytes are written, then the step fails with this error number.
  case failAfter(bytes: Int, Int32)
}

/// A directory that outlives the process and that nobody else can write to.
package struct StateDirectory: Sendable {
  /// Its path.
  package let path: String
  /// Called before each step.
  package let interfere: @Sendable (FileStep) -> Interference?
  /// How long another process may hold the lock.
  package let patience: Duration

  package init(
    _ path: String, patience: Duration = .seconds(5),
    interfere: @escaping @Sendable (FileStep) -> Interference? = { _ in nil }
  ) {
    self.path = path
    self.patience = patience
    self.interfere = interfere
  }

  /// The directory, opened and checked.
  ///
  /// - Returns: nil when it does not exist.
  package func open() throws(TrustStoreFault) -> OpenDirectory? {
    let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw .system(path: path, step: "opening it", errno: errno)
    }
    return try OpenDirectory(self, descriptor)
  }

  /// The directory, made with all above it where it does not exist.
  package func openOrMake() throws(TrustStoreFault) -> OpenDirectory {
    if let directory = try open() { return directory }
    var end = path.startIndex
    while end < path.endIndex {
      end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
      guard mkdir(String(path[..<end]), 0o700) == 0 || errno == EEXIST else {
        throw .system(path: path, step: "making it", errno: errno)
      }
    }
    guard let directory = try open() else {
      throw .system(path: path, step: "opening it", errno: ENOENT)
    }
    return directory
  }
}
