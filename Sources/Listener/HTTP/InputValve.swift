import NIOCore

/// Stands before the decoder: counts what comes in, and keeps it from the decoder once nobody wants it any more.
final class InputValve: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  /// Bytes since the connection began.
  private(set) var count = 0
  /// Whether what comes is thrown away.
  var discards = false

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    count += Self.unwrapInboundIn(data).readableBytes
    if !discards { context.fireChannelRead(data) }
  }
}

@available(*, unavailable)
extension InputValve: Sendable {}
