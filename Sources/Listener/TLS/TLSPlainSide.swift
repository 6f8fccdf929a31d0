import Glibc
import Logging
import NIOCore
import NIOSSL
import NIOTLS

/// Stands behind TLS: ends handshakes that take too long, says why one failed, and keeps what was decrypted from lying
/// around.
final class TLSPlainSide: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let transport: TransportEnd
  private let patience: TimeAmount
  private let logger: Logger
  private var isEstablished = false
  private var deadline: Scheduled<Void>?

  init(_ transport: TransportEnd, patience: TimeAmount, logger: Logger) {
    (self.transport, self.patience, self.logger) = (transport, patience, logger)
  }

  func channelActive(context: ChannelHandlerContext) {
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: patience) { [weak self] in
      self?.timeIsUp()
    }
    context.fireChannelActive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted? = event as? TLSUserEvent {
      isEstablished = true
      deadline?.cancel()
    }
    context.fireUserInboundEventTriggered(event)
  }

  /// Hands on a copy, and wipes what it was made from: NIOSSL keeps the buffer for as long as the connection lives, with
  /// the last prompt in it, after the daemon itself has forgotten that.
  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = Self.unwrapInboundIn(data)
    let copy = ByteBuffer(bytes: buffer.readableBytesView)
    buffer.withUnsafeReadableBytes { bytes in
      // Nobody else looks at these bytes: NIOSSL has set its own view of the buffer to empty.
      guard let start = bytes.baseAddress else { return }
      explicit_bzero(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
    context.fireChannelRead(Self.wrapInboundOut(copy))
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if !isEstablished {
      logger.debug("TLS handshake failed", metadata: ["reason": "\(TLSFailure.text(of: error))"])
    } else if error as? NIOSSLError != .uncleanShutdown {
      // Whoever leaves without a word is no fault; `inputClosed` tells it.
      logger.debug("TLS connection broken", metadata: ["reason": "\(TLSFailure.text(of: error))"])
    }
    context.fireErrorCaught(error)
  }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    context.fireChannelInactive()
  }

  private func timeIsUp() {
    guard !isEstablished else { return }
    logger.debug("TLS handshake failed", metadata: ["reason": "it took too long"])
    transport.cut()
  }
}

@available(*, unavailable)
extension TLSPlainSide: Sendable {}

/// What TLS says of a failure, without the places in its source.
enum TLSFailure {
  static func text(of error: any Error) -> String {
    let text = "\(error)"
    // As "... SSL routines:OPENSSL_internal:HTTP_REQUEST at FILE:LINE".
    let mark = "OPENSSL_internal:"
    guard let start = text.firstRange(of: mark)?.upperBound else {
      return text.contains("EOF during handshake") ? "the caller left" : "\(type(of: error))"
    }
    let reason = text[start...].prefix { $0 != " " }
    return switch reason {
    case "HTTP_REQUEST": "plain HTTP on a port for TLS"
    default: reason.lowercased().map { $0 == "_" ? " " : String($0) }.joined()
    }
  }
}
