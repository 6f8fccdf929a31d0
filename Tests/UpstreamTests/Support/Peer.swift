import Glibc

/// The server's end of one connection, for one script on one thread.
final class Peer {
  /// A request as it came.
  struct Request {
    let head: String
    let body: [UInt8]

    /// The values of all fields of that name.
    func values(_ name: String) -> [String] {
      head.split(separator: "\r\n").dropFirst().compactMap { line in
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.first?.lowercased() == name.lowercased() else { return nil }
        return parts.dropFirst().first.map { String($0.drop { $0 == " " }) } ?? ""
      }
    }
  }

  /// The connection ended while more was expected of it.
  struct Ended: Error {}

  /// 0 for the first connection of the server.
  let number: Int
  private var descriptor: CInt
  private var buffer: [UInt8] = []

  init(_ descriptor: CInt, number: Int) {
    self.descriptor = descriptor
    self.number = number
  }

  /// Reads one request with as much body as it announces.
  func request() throws -> Request {
    let head = try self.head()
    let length = Request(head: head, body: []).values("content-length").first.flatMap(Int.init) ?? 0
    return Request(head: head, body: try bytes(length))
  }

  /// Reads up to and including the empty line.
  func head() throws -> String {
    var scanned = 0
    while true {
      if let end = endOfHead(from: scanned) {
        defer { buffer.removeFirst(end) }
        return String(decoding: buffer[..<end], as: UTF8.self)
      }
      scanned = max(0, buffer.count - 3)
      try receive()
    }
  }

  /// Reads so many bytes.
  func bytes(_ count: Int) throws -> [UInt8] {
    while buffer.count < count { try receive() }
    defer { buffer.removeFirst(count) }
    return Array(buffer[..<count])
  }

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Ended() }
      sent += count
    }
  }

  /// Sends an answer with that body and its length.
  func answer(_ body: String = "ok", fields: String = "") throws {
    try send("HTTP/1.1 200 OK\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
  }

  /// Returns when the other side has closed or reset the connection.
  func waitForEnd() {
    while (try? receive()) != nil {}
  }

  /// Passes bytes on in both directions between this connection and a port of ours, until it ends.
  func relay(to port: UInt16) throws {
    let other = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | closeOnExec, 0)
    var address = ScriptedServer.loopback(port: port)
    let failure = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(other, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard failure == 0 else { throw Ended() }
    let target = Peer(other, number: number)
    defer { target.close() }
    var waiting = [descriptor, other].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    while poll(&waiting, 2, -1) > 0 {
      for (index, (from, to)) in [(self, target), (target, self)].enumerated()
      where waiting[index].revents != 0 {
        try from.receive()
        try to.send(from.buffer)
        from.buffer = []
      }
    }
  }

  /// Closes, so that the other side sees a reset instead of an end.
  func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    close()
  }

  func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  private func receive() throws {
    var chunk = [UInt8](repeating: 0, count: 65536)
    let count = recv(descriptor, &chunk, chunk.count, 0)
    guard count > 0 else { throw Ended() }
    buffer += chunk[..<count]
  }

  private func endOfHead(from start: Int) -> Int? {
    guard buffer.count >= 4 else { return nil }
    let end = Array("\r\n\r\n".utf8)
    return (start...(buffer.count - 4)).first { buffer[$0..<($0 + 4)].elementsEqual(end) }.map { $0 + 4 }
  }
}
