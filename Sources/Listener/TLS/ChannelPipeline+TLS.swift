import NIOCore
import NIOSSL

extension ChannelPipeline.SynchronousOperations {
  /// More than this is not kept of the memory that the largest answer took to encrypt, for the life of a connection.
  private static let keptOutput = 64 << 10

  /// Adds TLS, with what stands before and behind it.
  ///
  /// - Returns: where the connection is cut.
  func addTLS(_ identity: TLSIdentity, _ surroundings: ConnectionSurroundings) throws -> TransportEnd {
    var configuration = NIOSSLHandler.Configuration()
    configuration.maximumPreservedOutboundBufferCapacity = Self.keptOutput
    let transport = TransportEnd()
    try addHandler(transport)
    try addHandler(NIOSSLServerHandler(context: identity.context, configuration: configuration))
    try addHandler(
      TLSPlainSide(
        transport, patience: TimeAmount(surroundings.limits.headerTimeout), logger: surroundings.logger))
    return transport
  }
}
