import Glibc
import Platform

/// The sockets that libcurl has open, so that another thread can end them while libcurl's own is caught in one.
///
/// libcurl 7.88 reads a connection of HTTP/2 for as long as there is something to read and nothing of it is for anybody. A
/// peer that sends empty frames faster than they are read keeps it there, beyond every time-out and for all transfers.
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

  /// Ends all connections both ways: libcurl reads their end, and closes them.
  func breakAll() {
    descriptors.withLock { descriptors in
      for descriptor in descriptors { shutdown(descriptor, CInt(SHUT_RDWR)) }
    }
  }
}
