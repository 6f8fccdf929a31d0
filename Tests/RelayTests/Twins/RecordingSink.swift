import HTTPTypes
import Listener
import TestTwins

/// A caller that writes down what it gets, and that can go away in the middle of it.
final class RecordingSink: ReplySink {
  enum Event: Sendable, Equatable {
    case send(OutboundAnswer)
    case begin(HTTPResponse.Status, HTTPFields)
    case write(String)
    case finish
    case abort
  }

  private let record = Watched<[Event]>([])
  private let partLimit: Int

  /// - Parameter partLimit: The caller is gone after this many parts; what comes then is written down and not taken.
  init(goneAfter partLimit: Int = .max) {
    self.partLimit = partLimit
  }

  var events: [Event] { record.value }

  /// Returns once so many parts have come.
  func until(_ count: Int) async { await record.until { $0.count >= count } }

  /// The whole answer, where it came as one.
  var answer: OutboundAnswer? {
    if case .send(let answer) = events.first, events.count == 1 { answer } else { nil }
  }

  /// The status and the fields, however they came.
  var head: (status: Int, fields: HTTPFields)? {
    switch events.first {
    case .send(let answer): (answer.status.code, answer.fields)
    case .begin(let status, let fields): (status.code, fields)
    default: nil
    }
  }

  /// The body, however it came.
  var body: String {
    events.map { event in
      switch event {
      case .send(let answer): String(decoding: answer.body, as: UTF8.self)
      case .write(let text): text
      case .begin, .finish, .abort: ""
      }
    }.joined()
  }

  func send(_ answer: OutboundAnswer) async -> Bool { note(.send(answer)) }

  func begin(_ status: HTTPResponse.Status, _ fields: HTTPFields) async -> Bool {
    note(.begin(status, fields))
  }

  func write(_ bytes: [UInt8]) async -> Bool { note(.write(String(decoding: bytes, as: UTF8.self))) }

  func finish() async -> Bool { note(.finish) }

  func abort() async { note(.abort) }

  @discardableResult
  private func note(_ event: Event) -> Bool {
    record.update { events in
      events.append(event)
      return events.count <= partLimit
    }
  }
}
