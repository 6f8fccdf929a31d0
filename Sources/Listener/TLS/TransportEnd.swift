import NIOCore

/// Stands between TLS and the socket, for what TLS must not have a say in.
///
/// A connection that is cut is closed here: TLS would first say that all is well, which an answer that is not whole must
/// not be told, and would then wait for the caller to agree.
final class TransportEnd: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private var context: ChannelHandlerContext?

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
  }

  /// Closes the socket, whatever is still on its way.
  func cut() {
    context?.close(promise: nil)
  }
}

@available(*, unavailable)
extension TransportEnd: Sendable {}
