/// How far the curl thread has come.
struct CurlProgress: Sendable, Equatable {
  /// How often libcurl called back or came round.
  var moves: Int
  /// How much of a processor's time it took, ever.
  var spent: Duration
}

/// Decides whether the curl thread is caught: it works, and nothing comes of it.
///
/// What counts is the processor's time and not the clock's, so that a machine that is busy, stopped or asleep catches
/// nobody.
struct StallMachine: Sendable {
  /// So long libcurl may work without a call back.
  ///
  /// The longest that it does honestly are the 30 ms in which it reads the system's certificate authorities, on this
  /// decade's machines; a tenth as fast they are still within.
  static let longest = Duration.seconds(1)

  private var last: CurlProgress?

  /// Whether it is caught, by how far it has come now; for as long as it is, each time after another `longest`.
  mutating func isCaught(_ now: CurlProgress) -> Bool {
    guard let last, last.moves == now.moves else {
      last = now
      return false
    }
    guard now.spent - last.spent >= Self.longest else { return false }
    self.last = now
    return true
  }
}
