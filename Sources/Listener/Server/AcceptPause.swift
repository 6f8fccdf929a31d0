import NIOCore

/// Stops to accept for a while when accepting fails, as it does without free descriptors.
///
/// NIO's `AcceptBackoffHandler` holds back the wish to read and leaves the socket registered for it, so the event loop
/// finds it readable again and again and takes a whole processor.
final class AcceptPause: ChannelInboundHandler {
  typealias InboundIn = Channel

  private static let length = TimeAmount.seconds(1)

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard error is IOError, let options = context.channel.syncOptions else {
      return context.fireErrorCaught(error)
    }
    guard (try? options.getOption(.autoRead)) == true else { return }
    try? options.setOption(.autoRead, value: false)
    context.eventLoop.assumeIsolated().scheduleTask(in: Self.length) {
      // Closed in the meantime: there is nothing to go on with.
      try? options.setOption(.autoRead, value: true)
    }
  }
}

@available(*, unavailable)
extension AcceptPause: Sendable {}
