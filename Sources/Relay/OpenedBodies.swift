import Dialects
import Listener
import Platform

/// How many bytes requests take once their bodies are opened: decompressed, translated, and sealed.
///
/// The listener counts what it receives. A few kilobytes can become ten megabytes when they are decompressed, and as much
/// again in the router's dialect; this room has the same limit as the listener's, and counts what they have become.
final class OpenedBodies: Sendable {
  private struct State {
    var taken = 0
    var byToken: [String: Int] = [:]
  }

  /// So much of a request is not counted, as at the listener.
  static let free = 64 * 1024

  private let state = Locked(State())

  /// The part of one request, given back when it is freed.
  final class Share: Sendable {
    private let bodies: OpenedBodies
    private let token: String?
    private let count = Locked(0)

    fileprivate init(_ bodies: OpenedBodies, _ token: String?) { (self.bodies, self.token) = (bodies, token) }

    /// Takes room for so many more bytes.
    ///
    /// A request that is alone is always taken.
    ///
    /// - Throws: where all requests together would have more than `limit`; and where those of the same token would take the
    ///   last eighth, which is kept for others.
    func take(_ more: Int, of limit: Int) throws(APIFault) {
      let own = count.withLock { $0 }
      guard bodies.take(more, beside: own, for: token, of: limit) else {
        throw ListenerFault.tooManyBodies(limit: limit).fault
      }
      count.withLock { $0 += more }
    }

    deinit { bodies.giveBack(count.withLock { $0 }, of: token) }
  }

  /// A part that has nothing yet.
  ///
  /// - Parameter token: The name of the local token that the request brought.
  func share(for token: String?) -> Share { Share(self, token) }

  /// - Parameter own: What the same request has already.
  private func take(_ more: Int, beside own: Int, for token: String?, of limit: Int) -> Bool {
    state.withLock { state in
      let others = state.taken - own
      var room = limit
      if let token, state.byToken[token, default: 0] > own { room -= limit / 8 }
      guard others == 0 || own + more <= room - others else { return false }
      state.taken += more
      if let token { state.byToken[token, default: 0] += more }
      return true
    }
  }

  private func giveBack(_ count: Int, of token: String?) {
    state.withLock { state in
      state.taken -= count
      guard let token, let all = state.byToken[token] else { return }
      state.byToken[token] = all == count ? nil : all - count
    }
  }
}
