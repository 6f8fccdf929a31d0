import CCurl
import Glibc
import Platform

/// The sockets that libcurl has open, so that another thread can end them while libcurl's own is caught in one
/// (`StallWatch`).
final class OpenSockets: Sendable {
  private let descriptors = Locked<Set<CInt>>([])

  /// One was opened.
  func opened(_ descriptor: CInt) {
    descriptors.withLock { _ = $0.insert(descriptor) }
  }

  /// Closes one; under the lock, so that nobody else's file has its number when all are broken.
  func close(_ descriptor: CInt) -> CInt {
    descriptors.withLock { descriptors in
      descriptors.remove(descriptor)
      return Glibc.close(descriptor)
    }
  }

  /// Ends all connections: libcurl finds them dead at its next read, and closes them.
  func breakAll() {
    descriptors.withLock { descriptors in
      for descriptor in descriptors { Self.breakOff(descriptor) }
    }
  }

  private static func breakOff(_ descriptor: CInt) {
    // Only this resets a connection of TCP at once, and lets go of megabytes that came and were not read
    // (connect(2), on AF_UNSPEC); after shutdown(2) alone they would still be read, all of them.
    var nobody = sockaddr()  // All zero, and so is AF_UNSPEC.
    connect(descriptor, &nobody, socklen_t(MemoryLayout<sockaddr>.size))
    shutdown(descriptor, CInt(SHUT_RDWR))  // For those of other kinds.
  }
}
