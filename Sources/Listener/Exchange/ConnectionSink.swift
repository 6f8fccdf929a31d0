import HTTPTypes
import NIOCore

/// Carries the parts of one exchange's answer over to its connection's event loop.
struct ConnectionSink: ReplySink {
  let connection: NIOLoopBound<Connection>
  let exchange: Int
  /// So many bytes may be kept unsaid.
  let freeBytes: Int

  func send(_ answer: OutboundAnswer) async -> Bool {
    await onLoop { $0.sendWhole(answer, $1) }
  }

  func begin(_ status: HTTPResponse.Status, _ fields: HTTPFields) async -> Bool {
    await onLoop { $0.begin(status, fields, $1) }
  }

  func write(_ bytes: [UInt8]) async -> Bool {
    await onLoop { $0.writePart(bytes, $1) }
  }

  func finish() async -> Bool {
    await onLoop { $0.finish($1) }
  }

  func keeps(_ bytes: Int) async {
    guard bytes > freeBytes else { return }
    _ = await onLoop {
      $0.keep(bytes)
      $1.resume(returning: true)
    }
  }

  func abort() async {
    _ = await onLoop { $0.abort($1) }
  }

  private func onLoop(_ body: @escaping @Sendable (Connection, Delivery) -> Void) async -> Bool {
    await withCheckedContinuation { delivery in
      connection.eventLoop.execute {
        guard connection.value.exchange == exchange else { return delivery.resume(returning: false) }
        body(connection.value, delivery)
      }
    }
  }
}
