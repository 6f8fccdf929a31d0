import Platform

/// Breaks all connections when libcurl is caught in one of them, so that it comes out.
///
/// libcurl 7.88 reads a connection of HTTP/2 for as long as there is something to read and nothing of it is for
/// anybody. A peer that sends empty frames faster than they are read keeps it there, beyond every time-out and for all
/// transfers. Which connection it is cannot be told from outside; all lead to the same router.
final class StallWatch: Sendable {
  private struct State {
    var requests = 0
    var task: Task<Void, Never>?
  }

  private static let interval = Duration.milliseconds(250)

  private let thread: CurlThread
  private let state = Locked(State())

  /// A watch over a thread, which looks only while requests are under way.
  init(_ thread: CurlThread) {
    self.thread = thread
  }

  /// How many requests are under way.
  var requests: Int { state.withLock { $0.requests } }

  /// A request is under way.
  func began() {
    state.withLock { state in
      state.requests += 1
      if state.requests == 1 { state.task = Task { [thread] in await Self.watch(thread) } }
    }
  }

  /// A request that `began` is over.
  func ended() {
    state.withLock { state in
      state.requests -= 1
      guard state.requests == 0 else { return }
      state.task?.cancel()
      state.task = nil
    }
  }

  private static func watch(_ thread: CurlThread) async {
    var machine = StallMachine()
    while (try? await Task.sleep(for: interval)) != nil {
      if machine.isCaught(thread.progress) { thread.sockets.breakAll() }
    }
  }
}
