// A load generator for HTTP/1.1 keep-alive: sends one recorded request again and again on each connection, with
// blocking sockets and one thread for each, so that its own cost is small and the same in every comparison.
//
//   load PORT REQUEST-FILE CONNECTIONS COUNT     →  one JSON object with percentiles in milliseconds
//
// COUNT is for all connections together. An answer that is not a 200 counts as an error.

import Glibc

struct Failure: Error { let text: String }

/// One keep-alive connection to a port of this machine.
final class Connection {
  private let descriptor: Int32
  private var buffer = [UInt8](repeating: 0, count: 256 * 1024)

  init(port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw Failure(text: "cannot connect to port \(port)") }
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  deinit { close(descriptor) }

  /// Reads until the last chunk: streams end with their body, and no answer here has such bytes within.
  private func readChunks(from start: ArraySlice<UInt8>) throws {
    let last = Array("\r\n0\r\n\r\n".utf8)
    var tail = Array(start.suffix(last.count))
    while tail != last {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { throw Failure(text: "connection closed") }
      tail = Array((tail + buffer[..<count].suffix(last.count)).suffix(last.count))
    }
  }

  /// Sends the request and reads its answer; whether it was a 200.
  func exchange(_ request: [UInt8]) throws -> Bool {
    var sent = 0
    while sent < request.count {
      let count = request.withUnsafeBytes { send(descriptor, $0.baseAddress! + sent, $0.count - sent, 0) }
      guard count > 0 else { throw Failure(text: "send failed") }
      sent += count
    }
    var head: [UInt8] = []
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { throw Failure(text: "connection closed") }
      head += buffer[..<count]
      guard let end = head.firstRange(of: Array("\r\n\r\n".utf8)) else { continue }
      let text = String(decoding: head[..<end.lowerBound], as: UTF8.self).lowercased()
      guard let field = text.firstRange(of: "content-length: ") else {
        guard text.contains("transfer-encoding: chunked") else { throw Failure(text: "no length") }
        try readChunks(from: head[end.upperBound...])
        return text.hasPrefix("http/1.1 200")
      }
      let length = Int(text[field.upperBound...].prefix { $0.isNumber }) ?? 0
      var missing = length - (head.count - end.upperBound)
      while missing > 0 {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { throw Failure(text: "connection closed") }
        missing -= count
      }
      return text.hasPrefix("http/1.1 200")
    }
  }
}

func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
}

func contents(of path: String) throws -> [UInt8] {
  guard let file = fopen(path, "rb") else { throw Failure(text: "cannot read \(path)") }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 20)
  while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
  return bytes
}

final class Worker {
  let port: UInt16
  let request: [UInt8]
  let count: Int
  var times: [Double] = []
  var errors = 0

  init(port: UInt16, request: [UInt8], count: Int) {
    (self.port, self.request, self.count) = (port, request, count)
  }

  func run() {
    do {
      let connection = try Connection(port: port)
      for _ in 0..<count {
        let start = now()
        if try !connection.exchange(request) { errors += 1 }
        times.append(now() - start)
      }
    } catch { errors += count - times.count }
  }
}

let arguments = CommandLine.arguments
guard arguments.count == 5, let port = UInt16(arguments[1]), let connections = Int(arguments[3]),
  let total = Int(arguments[4])
else {
  fputs("usage: load PORT REQUEST-FILE CONNECTIONS COUNT\n", stderr)
  exit(64)
}
let request = try contents(of: arguments[2])
let workers = (0..<connections).map { _ in Worker(port: port, request: request, count: total / connections) }
let start = now()
var threads: [pthread_t] = []
for worker in workers {
  var thread = pthread_t()
  pthread_create(
    &thread, nil,
    { context in
      Unmanaged<Worker>.fromOpaque(context!).takeUnretainedValue().run()
      return nil
    }, Unmanaged.passUnretained(worker).toOpaque())
  threads.append(thread)
}
for thread in threads { pthread_join(thread, nil) }
let elapsed = now() - start
let times = workers.flatMap(\.times).sorted()
func percentile(_ share: Double) -> Double {
  times.isEmpty ? 0 : times[min(times.count - 1, Int(Double(times.count) * share))]
}
print(
  """
  {"count": \(times.count), "errors": \(workers.map(\.errors).reduce(0, +)), "per_second": \
  \(Double(times.count) / elapsed * 1000), "p50": \(percentile(0.5)), "p90": \(percentile(0.9)), \
  "p99": \(percentile(0.99)), "max": \(times.last ?? 0)}
  """)
