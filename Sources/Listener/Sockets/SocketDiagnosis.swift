import Glibc

/// A TCP connection of this machine, seen from the end that connected.
struct ConnectionEnds: Equatable, Sendable {
  /// An address in network order, four or sixteen bytes, and a port.
  struct End: Equatable, Sendable {
    let address: [UInt8]
    let port: UInt16

    init?(address text: String, port: Int) {
      guard let port = UInt16(exactly: port), let address = Self.bytes(of: text) else { return nil }
      (self.address, self.port) = (address, port)
    }

    private static func bytes(of text: String) -> [UInt8]? {
      for (family, size) in [(AF_INET, 4), (AF_INET6, 16)] {
        var bytes = [UInt8](repeating: 0, count: size)
        if inet_pton(family, text, &bytes) == 1 { return bytes }
      }
      return nil
    }
  }

  let caller: End
  let server: End

  /// Nil for anything but two IPv4 addresses or two IPv6 ones (IPv4 as part of IPv6 counts as such).
  init?(peer: Peer, local: BoundAddress?) {
    guard case .tcp(let address, let port) = peer, case .tcp(let localAddress, let localPort)? = local,
      let caller = End(address: address, port: port),
      let server = End(address: localAddress, port: localPort), caller.address.count == server.address.count
    else { return nil }
    (self.caller, self.server) = (caller, server)
  }
}

/// What the kernel says of a socket.
struct DiagnosedSocket: Equatable, Sendable {
  /// The number in `socket:[…]` of `/proc/PID/fd`.
  let inode: UInt32
  /// Who made it.
  let user: uid_t
}

/// Asks the kernel for the socket at the other end of a connection (sock_diag(7)).
///
/// One socket is looked up in the kernel's hash table by all four parts of the connection; no list is walked. Takes
/// some microseconds and never waits: the answer lies ready when the question is sent.
enum SocketDiagnosis {
  /// Nil if there is no such socket in this network namespace, if nobody holds it any more, or if the kernel may not
  /// be asked (a service without AF_NETLINK).
  static func socket(atCallersEndOf ends: ConnectionEnds) -> DiagnosedSocket? {
    let netlink = Glibc.socket(AF_NETLINK, CInt(SOCK_RAW.rawValue) | closeOnExec, netlinkSockDiag)
    guard netlink >= 0 else { return nil }
    defer { _ = close(netlink) }
    let question = question(about: ends)
    guard send(netlink, question, question.count, CInt(MSG_NOSIGNAL)) == question.count else { return nil }
    var answer = [UInt8](repeating: 0, count: 1024)
    let count = recv(netlink, &answer, answer.count, CInt(MSG_DONTWAIT))
    guard count > 0 else { return nil }
    return read(answer.prefix(count), about: ends)
  }

  /// `struct nlmsghdr` and `struct inet_diag_req_v2`, of linux/netlink.h and linux/inet_diag.h.
  static func question(about ends: ConnectionEnds) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(questionSize)
    bytes.append(native: UInt32(questionSize))
    bytes.append(native: byFamily)
    bytes.append(native: UInt16(1))  // NLM_F_REQUEST: one answer
    bytes.append(native: UInt32(0))  // sequence number
    bytes.append(native: UInt32(0))  // from: filled in by the kernel
    bytes.append(UInt8(ends.caller.address.count == 4 ? AF_INET : AF_INET6))
    bytes.append(UInt8(IPPROTO_TCP))
    bytes += [0, 0]  // no extensions, padding
    bytes.append(native: UInt32.max)  // in whatever state
    bytes.append(native: ends.caller.port.bigEndian)
    bytes.append(native: ends.server.port.bigEndian)
    for end in [ends.caller, ends.server] {
      bytes += end.address
      bytes += [UInt8](repeating: 0, count: 16 - end.address.count)
    }
    bytes.append(native: UInt32(0))  // on any interface
    bytes.append(native: UInt64.max)  // INET_DIAG_NOCOOKIE: whichever socket it is
    return bytes
  }

  /// `struct nlmsghdr` and `struct inet_diag_msg`.
  ///
  /// The lookup falls back to a socket that listens at the caller's port, which has no other end. A socket that was
  /// closed by its process, and lives on until the connection has ended, has no inode.
  static func read(_ answer: ArraySlice<UInt8>, about ends: ConnectionEnds) -> DiagnosedSocket? {
    answer.withUnsafeBytes { bytes in
      guard bytes.count >= answerSize, bytes.native(UInt16.self, at: 4) == byFamily,
        UInt16(bigEndian: bytes.native(at: 20)) == ends.caller.port,
        UInt16(bigEndian: bytes.native(at: 22)) == ends.server.port
      else { return nil }
      let (user, inode) = (bytes.native(UInt32.self, at: 80), bytes.native(UInt32.self, at: 84))
      return inode == 0 ? nil : DiagnosedSocket(inode: inode, user: user)
    }
  }

  static let questionSize = 72
  private static let answerSize = 88
  /// `SOCK_DIAG_BY_FAMILY` and `NETLINK_SOCK_DIAG`, of linux/sock_diag.h and linux/netlink.h.
  private static let byFamily: UInt16 = 20
  private static let netlinkSockDiag: CInt = 4
  private static let closeOnExec = CInt(SOCK_CLOEXEC.rawValue)
}

extension [UInt8] {
  fileprivate mutating func append(native value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value) { append(contentsOf: $0) }
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func native<Value: FixedWidthInteger>(_: Value.Type = Value.self, at offset: Int) -> Value {
    loadUnaligned(fromByteOffset: offset, as: Value.self)
  }
}
