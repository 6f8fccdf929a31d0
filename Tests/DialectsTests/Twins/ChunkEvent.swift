import Foundation
import Testing

@testable import Dialects

/// One event of a stream of chunks, parsed by code that is not ours.
struct ChunkEvent {
  let text: String
  let chunk: [String: Any]
  var choice: [String: Any]? { (chunk["choices"] as? [[String: Any]])?.first }
  var delta: [String: Any] { choice?["delta"] as? [String: Any] ?? [:] }
  var index: Int? { choice?["index"] as? Int }
  var finish: String? { choice?["finish_reason"] as? String }

  /// Splits a stream into events and checks what holds for every byte of every stream.
  static func parse(_ text: String, isWhole: Bool = true) throws -> [ChunkEvent] {
    #expect(!text.contains("\r"))
    #expect(text.hasSuffix("\n\n"))
    var lines = text.components(separatedBy: "\n\n").dropLast()
    #expect(lines.allSatisfy { $0.hasPrefix("data: ") && !$0.contains("\n") })
    for separator in ["\u{85}", "\u{2028}", "\u{2029}"] { #expect(!text.contains(separator)) }
    if isWhole {
      #expect(lines.last == "data: [DONE]")
      lines = lines.dropLast()
    }
    return try lines.map { line in
      let body = String(line.dropFirst(6))
      return ChunkEvent(text: body, chunk: try parsed(body))
    }
  }

  /// The events of an answer that is streamed without an early opening.
  static func replay(_ answer: ChatAnswer, _ encoder: OpenAIChatEncoder) async throws -> [ChunkEvent] {
    var stream = encoder.stream(at: 9)
    return try parse(await stream.written(answer))
  }
}
