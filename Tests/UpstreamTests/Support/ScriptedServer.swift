import Glibc
import Platform
import Testing

/// A server on 127.0.0.1 that plays a script with everyone who connects, each on a thread of its own.
final class ScriptedServer: Sendable {
  /// What a call of the system answered when it failed.
  struct Failure: Error {
    let call: String
    let code = errno
  }

  /// 0 for a server on a path.
  let port: UInt16
  /// Empty for a server on a port.
  let path: String
  private let listener: CInt
  private let count = Locked(0)

  /// How many have connected so far.
  var accepted: Int { count.withLock { $0 } }
  var url: String { "http://127.0.0.1:\(port)/v1" }

  /// Starts to listen; a connection is closed when its script ends or throws.
  convenience init(_ script: @escaping @Sendable (Peer) throws -> Void) throws {
    let (listener, port) = try Self.listen(backlog: 512)
    self.init(listener, port: port, path: "", script)
  }

  /// The same on a unix socket, whose file goes with the server.
  convenience init(unixSocket path: String, _ script: @escaping @Sendable (Peer) throws -> Void) throws {
    self.init(try Self.listen(path: path), port: 0, path: path, script)
  }

  private init(
    _ listener: CInt, port: UInt16, path: String, _ script: @escaping @Sendable (Peer) throws -> Void
  ) {
    (self.listener, self.port, self.path) = (listener, port, path)
    Thread.start { [listener, count] in
      while case let descriptor = accept4(listener, nil, nil, closeOnExec), descriptor >= 0 {
        let number = count.withLock { count in
          defer { count += 1 }
          return count
        }
        Thread.start {
          let peer = Peer(descriptor, number: number)
          try? script(peer)
          peer.close()
        }
      }
      Glibc.close(listener)
    }
  }

  deinit {
    shutdown(listener, CInt(SHUT_RDWR))
    if !path.isEmpty { unlink(path) }
  }

  private static func listen(path: String) throws -> CInt {
    let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | closeOnExec, 0)
    guard descriptor >= 0 else { throw Failure(call: "socket") }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let isListening = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
          && Glibc.listen(descriptor, 16) == 0
      }
    }
    guard isListening else { throw Failure(call: "listen") }
    return descriptor
  }

  /// A socket that listens on a port of the system's choice.
  static func listen(backlog: CInt) throws -> (descriptor: CInt, port: UInt16) {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | closeOnExec, 0)
    guard descriptor >= 0 else { throw Failure(call: "socket") }
    var address = loopback(port: 0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let failure = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, size) != 0 || Glibc.listen(descriptor, backlog) != 0
          || getsockname(descriptor, address, &size) != 0
      }
    }
    guard !failure else { throw Failure(call: "listen") }
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }

  static func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    return address
  }
}

/// For every socket of the tests: a program that one test starts must not keep another's connection open.
let closeOnExec = CInt(SOCK_CLOEXEC.rawValue)

/// accept4(2), which Swift's Glibc module does not show.
@_silgen_name("accept4")
private func accept4(
  _ listener: CInt, _ address: UnsafeMutablePointer<sockaddr>?, _ size: UnsafeMutablePointer<socklen_t>?,
  _ flags: CInt
) -> CInt

/// A thread that blocks in system calls, which the cooperative pool's must not.
private enum Thread {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  static func start(_ run: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, nil,
      { raw in
        if let raw { Unmanaged<Body>.fromOpaque(raw).takeRetainedValue().run() }
        return nil
      }, Unmanaged.passRetained(Body(run)).toOpaque())
    precondition(failure == 0)
    pthread_detach(thread)
  }
}
