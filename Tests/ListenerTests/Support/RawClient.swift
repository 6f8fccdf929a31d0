import Dispatch
import Glibc
import Listener
import Platform

/// A caller that sends exactly the bytes it is told to, and sees exactly what comes back.
///
/// The calls wait on threads of their own: there are as few threads for tasks as processors, and the server under
/// test needs them. Every wait ends after ``patience`` at the latest, so a wrong server fails a test and does not
/// hang it.
final class RawClient: Sendable {
  static let patience = 20

  private let descriptor: CInt
  private let sending = DispatchQueue(label: "caller, sending")
  private let receiving = DispatchQueue(label: "caller, receiving")
  /// What was received and not looked at yet.
  private let held = Locked<[UInt8]>([])
  private let isClosed = Locked(false)

  /// Connects; `receiveBuffer` is what the kernel takes for a caller that does not read, in bytes.
  init(to address: BoundAddress, receiveBuffer: CInt? = nil) throws {
    let family = if case .unix = address { AF_UNIX } else { address.isV6 ? AF_INET6 : AF_INET }
    descriptor = socket(family, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    if let receiveBuffer { Self.set(descriptor, SOL_SOCKET, SO_RCVBUF, receiveBuffer) }
    Self.set(descriptor, SOL_SOCKET, SO_RCVTIMEO, timeval(tv_sec: Self.patience, tv_usec: 0))
    Self.set(descriptor, SOL_SOCKET, SO_SNDTIMEO, timeval(tv_sec: Self.patience, tv_usec: 0))
    if family != AF_UNIX { Self.set(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, CInt(1)) }
    guard address.withSocketAddress({ Glibc.connect(descriptor, $0, $1) }) == 0 else {
      // What is initialised is deinitialised, and that closes.
      throw Failure.connect(errno)
    }
  }

  deinit {
    if !isClosed.withLock({ $0 }) { _ = Glibc.close(descriptor) }
  }

  enum Failure: Error, Equatable {
    case connect(CInt)
    /// The connection ended where an answer had to come.
    case noAnswer(Ending, after: String)
    case badAnswer(String)
  }

  /// How a connection ended, as the caller sees it.
  enum Ending: Sendable, Equatable {
    case closed
    case reset
    case silence
  }

  private static func set<Value>(_ descriptor: CInt, _ level: CInt, _ option: CInt, _ value: Value) {
    withUnsafeBytes(of: value) { bytes in
      _ = setsockopt(descriptor, level, option, bytes.baseAddress, socklen_t(bytes.count))
    }
  }
}

// MARK: - Sending and leaving

extension RawClient {
  /// Sends text, all of it; `false` if the other side closed before.
  @discardableResult
  func send(_ text: String) async -> Bool {
    await send(Array(text.utf8))
  }

  /// Sends bytes, all of them; `false` if the other side closed before.
  @discardableResult
  func send(_ bytes: [UInt8]) async -> Bool {
    await withCheckedContinuation { done in
      sending.async { [descriptor] in
        var rest = bytes[...]
        while !rest.isEmpty {
          let count = rest.withUnsafeBytes {
            Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
          }
          guard count > 0 else { return done.resume(returning: false) }
          rest = rest.dropFirst(count)
        }
        done.resume(returning: true)
      }
    }
  }

  /// Closes the sending half.
  func finishSending() {
    shutdown(descriptor, CInt(SHUT_WR))
  }

  /// Closes: the other side sees an end.
  func close() {
    let isFirst = isClosed.withLock { isClosed in
      defer { isClosed = true }
      return !isClosed
    }
    if isFirst { _ = Glibc.close(descriptor) }
  }

  /// Closes with a reset, as a caller that was killed with data unread does.
  func reset() {
    Self.set(descriptor, SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0))
    close()
  }
}

// MARK: - Receiving

extension RawClient {
  /// What was received and not looked at yet.
  var seen: String { String(decoding: held.withLock { $0 }, as: UTF8.self) }

  /// Everything from here to the end of the connection.
  func rest() async -> (bytes: [UInt8], ending: Ending) {
    while true {
      if let ending = await receiveMore() { return (takeHeld(), ending) }
    }
  }

  /// Everything from here to the end of the connection, as text.
  func restOfText() async -> String {
    String(decoding: await rest().bytes, as: UTF8.self)
  }

  /// Waits for some bytes, and leaves them where they are.
  ///
  /// Nil, or how the connection ended instead.
  func receiveMore() async -> Ending? {
    await withCheckedContinuation { done in
      receiving.async { [descriptor, held] in
        var room = [UInt8](repeating: 0, count: 64 * 1024)
        let count = recv(descriptor, &room, room.count, 0)
        if count > 0 { held.withLock { $0 += room[..<count] } }
        let code = errno
        done.resume(
          returning: count > 0 ? nil : count == 0 ? .closed : code == EAGAIN ? .silence : .reset)
      }
    }
  }

  /// The next answer, to its end.
  func answer(toHead: Bool = false) async throws -> WireAnswer {
    while true {
      let parsed = try held.withLock { held in
        var reader = WireReader(held)
        let answer = try reader.answer(toHead: toHead, isEnd: false)
        if answer != nil { held.removeFirst(reader.position) }
        return answer
      }
      if let parsed { return parsed }
      if let ending = await receiveMore() { return try lastAnswer(toHead: toHead, ending) }
    }
  }

  /// The answer to a request.
  func exchange(_ text: String) async throws -> WireAnswer {
    await send(text)
    return try await answer()
  }

  private func lastAnswer(toHead: Bool, _ ending: Ending) throws -> WireAnswer {
    let bytes = takeHeld()
    var reader = WireReader(bytes)
    guard let answer = try reader.answer(toHead: toHead, isEnd: true) else {
      throw Failure.noAnswer(ending, after: String(decoding: bytes, as: UTF8.self))
    }
    return answer
  }

  private func takeHeld() -> [UInt8] {
    held.withLock { held in
      defer { held = [] }
      return held
    }
  }
}

// MARK: - Addresses

extension BoundAddress {
  fileprivate var isV6: Bool {
    if case .tcp(let address, _) = self { address.utf8.contains(UInt8(ascii: ":")) } else { false }
  }

  fileprivate func withSocketAddress(_ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
    switch self {
    case .unix(let path):
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
      return Self.lend(address, body)
    case .tcp(let host, let port) where isV6:
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = in_port_t(UInt16(port).bigEndian)
      inet_pton(AF_INET6, host, &address.sin6_addr)
      return Self.lend(address, body)
    case .tcp(let host, let port):
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = in_port_t(UInt16(port).bigEndian)
      inet_pton(AF_INET, host, &address.sin_addr)
      return Self.lend(address, body)
    }
  }

  private static func lend<Address>(
    _ address: Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
  ) -> CInt {
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<Address>.size))
      }
    }
  }
}
