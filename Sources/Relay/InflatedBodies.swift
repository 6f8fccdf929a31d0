import Dialects
import Listener
import Platform

/// How many bytes the compressed bodies of all requests take once they are decompressed.
///
/// The listener counts what it receives; a few kilobytes that become ten megabytes would pass it unseen.
final class InflatedBodies: Sendable {
  private let taken = Locked(0)

  /// The part of one request, given back when it is freed.
  final class Share: Sendable {
    private let bodies: InflatedBodies
    private let count: Int

    fileprivate init(_ bodies: InflatedBodies, _ count: Int) { (self.bodies, self.count) = (bodies, count) }

    deinit { bodies.taken.withLock { [count] in $0 -= count } }
  }

  /// Takes room for so many bytes.
  ///
  /// - Throws: where all of them together would have more than `limit`.
  func take(_ count: Int, of limit: Int) throws(APIFault) -> Share {
    let hasRoom = taken.withLock { taken in
      guard count <= limit - taken else { return false }
      taken += count
      return true
    }
    guard hasRoom else { throw ListenerFault.tooManyBodies(limit: limit).fault }
    return Share(self, count)
  }
}
