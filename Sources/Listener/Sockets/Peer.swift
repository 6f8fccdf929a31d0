import Glibc
import NIOCore

/// Who is at the other end of a connection.
public enum Peer: Sendable, Equatable {
  /// An IPv4 or IPv6 address without brackets, and the port.
  case tcp(address: String, port: Int)
  /// The process that connected to a unix socket, as the kernel noted it at that moment (unix(7), SO_PEERCRED).
  case unix(uid: UInt32, gid: UInt32, pid: Int32)

  /// Whether the peer came through a unix socket.
  public var isUnix: Bool {
    if case .unix = self { true } else { false }
  }

  /// The address of a peer that is not on this machine; nil for others.
  public var foreignAddress: String? {
    guard case .tcp(let address, _) = self, Hostname(address)?.isLoopback != true else { return nil }
    return address
  }
}

/// The kernel's `struct ucred` (unix(7)), which Swift's Glibc module does not show.
struct PeerCredentials: Sendable {
  var pid: Int32 = 0
  var uid: UInt32 = .max
  var gid: UInt32 = .max
}

extension Peer {
  /// Asks the kernel for the other end.
  ///
  /// To be called on the channel's event loop. What kind of peer it is follows from the socket that accepted it:
  /// a TCP caller that has reset the connection by now has no address any more, and taken for one of a unix socket
  /// it would get past the `Host` check.
  static func of(_ channel: any Channel) -> EventLoopFuture<Peer> {
    guard case .unixDomainSocket? = channel.parent?.localAddress else {
      let address = channel.remoteAddress
      return channel.eventLoop.makeSucceededFuture(
        .tcp(address: address?.ipAddress ?? "", port: address?.port ?? 0))
    }
    // A caller whom the kernel does not name is nobody: no user has the id 2^32-1 (credentials(7)).
    let nobody = PeerCredentials()
    guard let provider = channel as? any SocketOptionProvider else {
      return channel.eventLoop.makeSucceededFuture(.unix(uid: nobody.uid, gid: nobody.gid, pid: 0))
    }
    let credentials: EventLoopFuture<PeerCredentials> = provider.unsafeGetSocketOption(
      level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
    return credentials.recover { _ in nobody }.map { .unix(uid: $0.uid, gid: $0.gid, pid: $0.pid) }
  }
}
