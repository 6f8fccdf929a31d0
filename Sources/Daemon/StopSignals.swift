import ServiceLifecycle
import UnixSignals

/// The signals that ask the daemon to stop, heard from the start of the program on.
///
/// Services hear signals only once all of them run. One that came while the listeners were being opened would end the
/// process at once, with callers already connected.
struct StopSignals: Sendable {
  /// Yields once: the wish to stop.
  let first: AsyncStream<Void>
  /// Yields for each signal after the first: the wish to stop at once.
  let further: AsyncStream<Void>

  /// Traps SIGTERM and SIGINT.
  init() async {
    let signals = await UnixSignalsSequence(trapping: [.sigterm, .sigint])
    let (first, stop) = AsyncStream<Void>.makeStream()
    let (further, hurry) = AsyncStream<Void>.makeStream()
    (self.first, self.further) = (first, further)
    Task {
      for await _ in signals {
        if case .terminated = stop.yield() { hurry.yield() } else { stop.finish() }
      }
    }
  }
}

/// Ends with the first signal to stop, and with that the whole group of services.
struct StopService: Service {
  let stops: StopSignals

  func run() async throws {
    for await _ in stops.first.cancelOnGracefulShutdown() { return }
  }
}
