import Glibc
import Testing

@testable import Listener

/// A listening socket of somebody else's.
struct BoundSocket {
  let descriptor: CInt
  let bound: BoundAddress

  /// On a port of 127.0.0.1.
  init(port: Int) throws {
    try self.init(.tcp(host: "127.0.0.1", port: port))
  }

  /// At a path.
  init(unix path: String) throws {
    try self.init(.unix(path: path, mode: nil, user: nil, group: nil))
  }

  private init(_ address: ListenAddress) throws {
    let socket = try #require(try ListeningSocket.open(address).first)
    (descriptor, bound) = (socket.descriptor, socket.bound)
  }

  /// Closes it and leaves its file, as a process does that dies.
  func close() {
    _ = Glibc.close(descriptor)
  }
}
