import Glibc
import NIOCore

/// Where the server really listens: with the port that the kernel chose, one for each socket.
public enum BoundAddress: Sendable, Equatable, CustomStringConvertible {
  /// An IPv4 or IPv6 address without brackets, and the port.
  case tcp(address: String, port: Int)
  /// The socket's path, empty for a socket without one.
  case unix(path: String)

  /// Whether only this machine reaches it.
  public var isLoopback: Bool {
    switch self {
    case .unix: true
    case .tcp(let address, _): Hostname(address)?.isLoopback == true
    }
  }

  /// `address:port`, `[IPv6]:port` or `unix:/path`.
  public var description: String {
    switch self {
    case .tcp(let address, let port): ListenAddress.tcp(host: address, port: port).description
    case .unix(let path): "unix:" + path
    }
  }
}

/// Where the server listens, and how callers speak there.
public struct OpenAddress: Sendable, Equatable, CustomStringConvertible {
  /// The address.
  public let bound: BoundAddress
  /// Whether callers speak TLS.
  public let isTLS: Bool

  package init(bound: BoundAddress, isTLS: Bool) { (self.bound, self.isTLS) = (bound, isTLS) }

  /// The address, after `tls:` where callers speak TLS.
  public var description: String { (isTLS ? "tls:" : "") + bound.description }
}

extension BoundAddress {
  /// Asks the kernel what a socket is bound to; nil for anything but IPv4, IPv6 and unix sockets.
  public init?(ofSocket descriptor: CInt) {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let bound: BoundAddress? = withUnsafeMutablePointer(to: &storage) { storage in
      storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard getsockname(descriptor, address, &length) == 0 else { return nil }
        switch Int32(address.pointee.sa_family) {
        case AF_INET, AF_INET6: return Self.numeric(address, length)
        case AF_UNIX: return Self.path(UnsafeRawPointer(address), length)
        default: return nil
        }
      }
    }
    guard let bound else { return nil }
    self = bound
  }

  /// The end of a TCP connection; nil for anything else.
  init?(ofTCP address: SocketAddress?) {
    guard let address, let text = address.ipAddress, let port = address.port else { return nil }
    self = .tcp(address: text, port: port)
  }

  private static func numeric(_ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> BoundAddress? {
    var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    var port = [CChar](repeating: 0, count: 8)
    let flags = NI_NUMERICHOST | NI_NUMERICSERV
    guard
      getnameinfo(
        address, length, &host, socklen_t(host.count), &port, socklen_t(port.count), flags) == 0,
      let number = Int(text(port))
    else { return nil }
    return .tcp(address: text(host), port: number)
  }

  private static func path(_ address: UnsafeRawPointer, _ length: socklen_t) -> BoundAddress {
    let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? MemoryLayout<sa_family_t>.size
    let bytes = UnsafeRawBufferPointer(start: address, count: Int(length)).dropFirst(offset)
    return .unix(path: String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
  }

  private static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
