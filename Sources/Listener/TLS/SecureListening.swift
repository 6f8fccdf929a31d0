import Platform

/// The identity that new connections are shown; it may change while the server runs.
public final class ServedIdentity: Sendable {
  private let identity: Locked<TLSIdentity>

  /// Serves this one until another is adopted.
  public init(_ identity: TLSIdentity) {
    self.identity = Locked(identity)
  }

  /// The identity for a connection that begins now.
  public var current: TLSIdentity { identity.withLock { $0 } }

  /// Shows another one from the next connection on; connections that there are go on as they began.
  public func adopt(_ new: TLSIdentity) {
    identity.withLock { $0 = new }
  }
}

/// Where a server speaks TLS.
public struct SecureListening: Sendable {
  let addresses: [ListenAddress]
  let inherited: [CInt]
  let identity: ServedIdentity

  /// - Parameters:
  ///   - addresses: Where to listen.
  ///   - inherited: Stream sockets that somebody else bound.
  ///   - identity: What callers are shown.
  public init(addresses: [ListenAddress], inherited: [CInt] = [], identity: ServedIdentity) {
    (self.addresses, self.inherited, self.identity) = (addresses, inherited, identity)
  }
}
