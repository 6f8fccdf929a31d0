import NIOCore
import NIOPosix

/// A socket in the hands of an event loop.
struct Listening: Sendable {
  let socket: ListeningSocket
  let channel: any Channel
}

/// The end of listening.
///
/// All of it happens on event loops: a socket that is shut and not yet closed keeps those waiting who come too late.
extension HTTPServer {
  /// Between two looks at a socket whose queue the event loop is taking in.
  private static let look = TimeAmount.microseconds(100)

  /// Closes, after everybody who had connected by then has been let in; when it returns they are all registered.
  func close(_ listening: [Listening]) async {
    for one in listening where one.channel.isActive {
      let loop = one.channel.eventLoop
      let emptied = loop.makePromise(of: Void.self)
      loop.execute {
        one.socket.shut()
        // Each look lets some in. Without free descriptors it lets in nobody, and they are lost.
        Self.waitUntilEmpty(one, looks: one.socket.isInherited ? 0 : Int(ListeningSocket.backlog), emptied)
      }
      try? await emptied.futureResult.flatMap { self.turn(loop) }.flatMap { one.channel.close() }.get()
    }
    if let loop = listening.first?.channel.eventLoop { try? await turn(loop).get() }
  }

  private static func waitUntilEmpty(_ one: Listening, looks: Int, _ emptied: EventLoopPromise<Void>) {
    guard looks > 0, one.channel.isActive, one.socket.hasWaiting else { return emptied.succeed() }
    // A task for at once would run before the loop looks at its sockets again.
    one.channel.eventLoop.scheduleTask(in: look) { waitUntilEmpty(one, looks: looks - 1, emptied) }
  }

  /// Done when everything that has been accepted is a connection: it is prepared on its own loop, announced on that of the
  /// listener, and begins on its own.
  private func turn(_ loop: any EventLoop) -> EventLoopFuture<Void> {
    var turned = loop.makeSucceededVoidFuture()
    for _ in 0..<3 {
      for each in group.makeIterator() { turned = turned.flatMap { each.submit {} }.hop(to: loop) }
    }
    return turned
  }
}
