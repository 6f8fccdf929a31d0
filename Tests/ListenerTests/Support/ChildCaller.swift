import Foundation
import Listener

/// A process of its own that connects, sends a request on each connection and prints the last line of each answer.
final class ChildCaller: Sendable {
  private let process = Process()
  private let input = Pipe()
  private let output: AsyncLineReader

  var pid: pid_t { process.processIdentifier }

  /// Connects from a shell that is nothing but one process: no command of the script makes another.
  init(to address: BoundAddress, connections: Int = 1) throws {
    guard case .tcp(let host, let port) = address else { throw RawClient.Failure.connect(0) }
    var script = ""
    for connection in 3..<(3 + connections) {
      script += """
        exec \(connection)<>/dev/tcp/\(host)/\(port)
        printf 'GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' >&\(connection)
        while read -r line <&\(connection) && [[ $line != $'\\r' ]]; do :; done
        read -r line <&\(connection)
        echo "$line"

        """
    }
    // Stays, with its connections, until it is told to go.
    script += "read -r line"
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", script]
    process.standardInput = input
    let pipe = Pipe()
    process.standardOutput = pipe
    output = AsyncLineReader(pipe.fileHandleForReading)
    try process.run()
  }

  deinit {
    kill()
  }

  /// The next line that it printed; nil once it has ended.
  func line() async -> String? { await output.next() }

  /// Ends it, and waits until it has.
  func kill() {
    guard process.isRunning else { return }
    Foundation.kill(pid, SIGKILL)
    process.waitUntilExit()
  }
}

/// Lines of a pipe, read on a thread of their own.
final class AsyncLineReader: Sendable {
  private let lines = Journal<String?>()

  init(_ handle: FileHandle) {
    Thread.detachNewThread { [lines] in
      var held: [UInt8] = []
      while case let bytes = handle.availableData, !bytes.isEmpty {
        held += bytes
        while let end = held.firstIndex(of: UInt8(ascii: "\n")) {
          lines.note(String(decoding: held[..<end], as: UTF8.self))
          held.removeFirst(end + 1)
        }
      }
      lines.note(nil)
    }
  }

  func next() async -> String? { await lines.next() ?? nil }
}
