import NIOCore

/// Stands before the decoder: counts what comes in, looks for what the decoder does not tell apart, and keeps everything
/// from it once nobody wants it any more.
final class InputValve: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  /// Bytes since the connection began.
  private(set) var count = 0
  /// Whether what comes is thrown away.
  var discards = false
  private var foreignLine = ForeignLine()
  /// Whether a request in another protocol has come.
  var speaksAnother: Bool { foreignLine.wasSeen }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = Self.unwrapInboundIn(data)
    count += buffer.readableBytes
    guard !discards else { return }
    buffer.withUnsafeReadableBytes { foreignLine.look(at: $0) }
    context.fireChannelRead(data)
  }
}

@available(*, unavailable)
extension InputValve: Sendable {}
