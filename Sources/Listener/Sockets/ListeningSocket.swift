import Glibc

/// A socket that listens, not yet (or no longer) in the hands of an event loop.
///
/// The sockets are made here and not by NIO, so that there is one way for those that were opened by the daemon
/// and those that systemd passed in, one place that words errors, and a unix socket that never has the wrong
/// mode, not even for a moment.
struct ListeningSocket: Sendable {
  let descriptor: CInt
  let bound: BoundAddress
  /// The file that this process made for a unix socket, to be removed at the end.
  let file: UnixSocketFile?
  /// Whether another process has it as well, so that what waits in it need not be taken.
  var isInherited = false
  /// Whether callers speak TLS here.
  private(set) var isTLS = false

  /// The same socket, for callers that speak TLS.
  var secured: ListeningSocket {
    var secured = self
    secured.isTLS = true
    return secured
  }

  /// The queue of connections that are not accepted yet; the kernel cuts it to net.core.somaxconn (listen(2)).
  static let backlog: CInt = 4096

  /// Whether the socket is a TCP socket.
  var isTCP: Bool {
    if case .tcp = bound { true } else { false }
  }

  /// Opens every socket that an address stands for.
  static func open(_ address: ListenAddress) throws(ListenError) -> [ListeningSocket] {
    switch address {
    case .tcp(let host, let port):
      return try openTCP(host: host, port: port, for: address)
    case .unix(let path, let mode, let user, let group):
      let owner = try SocketOwner(user: user, group: group, for: address)
      return [try UnixSocketFile.open(path, mode: mode ?? 0o600, owner: owner, for: address)]
    }
  }

  /// Takes over a socket that somebody else opened, as systemd does for socket activation.
  init(inherited descriptor: CInt) throws(ListenError) {
    let name = "inherited descriptor \(descriptor)"
    guard let bound = BoundAddress(ofSocket: descriptor) else { throw ListenError(name, errno: ENOTSOCK) }
    var type: CInt = 0
    var length = socklen_t(MemoryLayout<CInt>.size)
    guard getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) == 0, type == SOCK_STREAM_TYPE else {
      throw ListenError(name, errno: EPROTOTYPE)
    }
    self.init(descriptor: descriptor, bound: bound, file: nil)
    isInherited = true
  }

  init(descriptor: CInt, bound: BoundAddress, file: UnixSocketFile?) {
    (self.descriptor, self.bound, self.file) = (descriptor, bound, file)
  }

  /// Closes the socket and removes its file.
  func close() {
    _ = Glibc.close(descriptor)
    file?.remove()
  }

  /// Sets the backlog; NIO takes a socket over with a backlog of 128, so this is said again afterwards.
  func listen() -> Bool {
    Glibc.listen(descriptor, Self.backlog) == 0
  }
}

// MARK: - TCP

extension ListeningSocket {
  /// Binds every address that the host has.
  ///
  /// `localhost` has two, and machines without IPv6 are forgiven one.
  private static func openTCP(
    host: String, port: Int, for address: ListenAddress
  ) throws(ListenError) -> [ListeningSocket] {
    let hosts = host.lowercased() == "localhost" ? ["127.0.0.1", "::1"] : [host]
    // With port 0 the kernel chooses for the first address; the second may find that port taken.
    let attempts = port == 0 && hosts.count > 1 ? 16 : 1
    for attempt in 1...attempts {
      do {
        return try openAll(hosts, port: port, for: address)
      } catch  where error.reason == .inUse && attempt < attempts {
        continue
      }
    }
    throw ListenError(address, .inUse)
  }

  private static func openAll(
    _ hosts: [String], port: Int, for address: ListenAddress
  ) throws(ListenError) -> [ListeningSocket] {
    var opened: [ListeningSocket] = []
    var failure: ListenError?
    for host in hosts {
      var common = port
      if port == 0, case .tcp(_, let chosen) = opened.first?.bound { common = chosen }
      do {
        opened.append(try openOne(host, port: common, for: address))
      } catch  where error.reason == .notThisMachine && hosts.count > 1 {
        failure = error
      } catch {
        opened.forEach { $0.close() }
        throw error
      }
    }
    if opened.isEmpty, let failure { throw failure }
    return opened
  }

  private static func openOne(
    _ host: String, port: Int, for address: ListenAddress
  ) throws(ListenError) -> ListeningSocket {
    var hints = addrinfo()
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    hints.ai_socktype = SOCK_STREAM_TYPE
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &found) == 0, let found else {
      throw ListenError(address, .notThisMachine)
    }
    defer { freeaddrinfo(found) }
    let descriptor = socket(found.pointee.ai_family, SOCK_STREAM_TYPE | SOCK_CLOEXEC_TYPE, 0)
    guard descriptor >= 0 else { throw ListenError(address, errno: errno) }
    var on: CInt = 1
    // A port whose old connections are in TIME_WAIT is free for a restart (ip(7), SO_REUSEADDR).
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<CInt>.size))
    guard
      Glibc.bind(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0,
      Glibc.listen(descriptor, backlog) == 0,
      let bound = BoundAddress(ofSocket: descriptor)
    else {
      let code = errno
      _ = Glibc.close(descriptor)
      throw ListenError(address, errno: code)
    }
    return ListeningSocket(descriptor: descriptor, bound: bound, file: nil)
  }
}

/// glibc declares the socket types as an enumeration, socket(2) takes an int.
let SOCK_STREAM_TYPE = CInt(bitPattern: SOCK_STREAM.rawValue)
let SOCK_CLOEXEC_TYPE = CInt(bitPattern: SOCK_CLOEXEC.rawValue)
