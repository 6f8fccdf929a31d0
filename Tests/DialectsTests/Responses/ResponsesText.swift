import Foundation
import Testing

@testable import Dialects

/// A JSON object as code that is not ours reads it.
typealias ParsedObject = [String: Any]

/// Pieces that the tests of Responses share.
enum ResponsesText {
  static func decode(_ body: String, _ policy: RequestPolicy = RequestPolicy()) throws(APIFault)
    -> DecodedRequest
  {
    try OpenAIResponses().decode(Array(body.utf8), under: policy)
  }

  static func parsed(_ bytes: some Sequence<UInt8>) throws -> ParsedObject {
    try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? ParsedObject)
  }

  /// What is sealed for a request with these members beside `model`.
  static func sealed(_ members: String, _ policy: RequestPolicy = RequestPolicy()) throws -> ParsedObject {
    try parsed(try decode(#"{"model":"m/1",\#(members)}"#, policy).chats[0].plaintext)
  }

  /// The messages that are sealed for these items of `input`.
  static func messages(_ items: String, _ policy: RequestPolicy = RequestPolicy()) throws -> [ParsedObject] {
    try #require(try sealed(#""input":[\#(items)]"#, policy)["messages"] as? [ParsedObject])
  }

  /// The response object for an answer.
  static func response(_ answer: ChatAnswer, to members: String = #""input":"x""#) throws -> ParsedObject {
    let request = try decode(#"{"model":"m/1",\#(members)}"#)
    return try parsed(try request.encoder.encode(answer, at: .fixed))
  }

  /// The events for an answer, after checking what holds for every stream.
  static func events(_ answer: ChatAnswer, to members: String = #""input":"x""#) async throws
    -> [ParsedObject]
  {
    let request = try decode(#"{"model":"m/1","stream":true,\#(members)}"#)
    var stream = request.encoder.stream(at: 9)
    return try events(in: await stream.written(answer))
  }

  static func events(in text: String) throws -> [ParsedObject] {
    #expect(text.hasSuffix("\n\n"))
    for forbidden in ["\r", "\u{85}", "\u{2028}", "\u{2029}", "[DONE]"] { #expect(!text.contains(forbidden)) }
    let events = try text.components(separatedBy: "\n\n").dropLast().map { block in
      let lines = block.components(separatedBy: "\n")
      try #require(lines.count == 2 && lines[0].hasPrefix("event: ") && lines[1].hasPrefix("data: "))
      let event = try parsed(lines[1].dropFirst(6).utf8)
      #expect(event["type"] as? String == String(lines[0].dropFirst(7)))
      return event
    }
    #expect(events.map { $0["sequence_number"] as? Int } == Array(0..<events.count))
    return events
  }

  static func types(_ events: [ParsedObject]) -> [String] { events.compactMap { $0["type"] as? String } }
}

extension ParsedObject {
  func text(_ name: String) -> String? { self[name] as? String }
  func object(_ name: String) -> ParsedObject { self[name] as? ParsedObject ?? [:] }
  func list(_ name: String) -> [ParsedObject] { self[name] as? [ParsedObject] ?? [] }
}
