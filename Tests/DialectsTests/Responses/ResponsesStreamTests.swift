import Foundation
import Testing

@testable import Dialects

@Suite struct ResponsesStreamTests {
  private func stream(_ members: String = #""input":"x""#) throws -> any AnswerStream {
    try ResponsesText.decode(#"{"model":"m/1","stream":true,\#(members)}"#).encoder.stream(at: 9)
  }

  @Test func `a message takes its events in their order`() async throws {
    let words = (0..<60).map { "wörd\($0) \u{2028}👩‍👩‍👧" }.joined(separator: " ")
    let events = try await ResponsesText.events(try completion(choice(#"{"content":"\#(words)"}"#)))
    let types = ResponsesText.types(events)
    #expect(
      types.filter { $0 != "response.output_text.delta" } == [
        "response.created", "response.in_progress", "response.output_item.added",
        "response.content_part.added",
        "response.output_text.done", "response.content_part.done", "response.output_item.done",
        "response.completed",
      ])
    let deltas = events.filter { $0.text("type") == "response.output_text.delta" }
    #expect(deltas.compactMap { $0.text("delta") }.joined() == words)
    #expect(deltas.count > 5)
    #expect(deltas.allSatisfy { $0.text("delta")?.isEmpty == false })
    #expect(events.first { $0.text("type") == "response.output_text.done" }?.text("text") == words)
    for event in events[3..<events.count - 2] {
      #expect(event.text("item_id")?.hasPrefix("msg_") == true)
      #expect(event["output_index"] as? Int == 0)
      #expect(event["content_index"] as? Int == 0)
    }
  }

  @Test func `created, in progress and completed have the whole object of one identity`() async throws {
    let events = try await ResponsesText.events(
      try completion(choice(#"{"content":"a"}"#)), to: #""input":"x","instructions":"i","tools":[]"#)
    let objects = [events[0], events[1], try #require(events.last)].map { $0.object("response") }
    #expect(Set(objects.map { Set($0.keys) }).count == 1)
    #expect(Set(objects.compactMap { $0.text("id") }).count == 1)
    #expect(objects.map { $0.text("status") } == ["in_progress", "in_progress", "completed"])
    #expect(objects.allSatisfy { $0["created_at"] as? Int == 9 && $0.text("instructions") == "i" })
    #expect(objects[0]["usage"] is NSNull)
    #expect(objects[2].object("usage")["total_tokens"] as? Int == 3)
  }

  @Test func `items are the same when they are done and when all is`() async throws {
    let message =
      #"{"reasoning_content":"why","content":"text","refusal":"no","tool_calls":["#
      + #"{"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}},"#
      + #"{"id":"b","function":{"name":"p","arguments":"{\"input\":\"line\\n\"}"}}]}"#
    let events = try await ResponsesText.events(
      try completion(choice(message)),
      to: #""input":"x","tools":[{"type":"function","name":"f"},{"type":"custom","name":"p"}]"#)
    let done = events.filter { $0.text("type") == "response.output_item.done" }.map { $0.object("item") }
    let added = events.filter { $0.text("type") == "response.output_item.added" }
    let output = try #require(events.last).object("response").list("output")
    #expect(done as NSArray == output as NSArray)
    #expect(added.map { $0.object("item").text("id") } == output.map { $0.text("id") })
    #expect(added.map { $0["output_index"] as? Int } == [0, 1, 2, 3])
    #expect(added.allSatisfy { $0.object("item").text("status") == "in_progress" })
    let types = ResponsesText.types(events)
    for name in [
      "response.reasoning_summary_part.added", "response.reasoning_summary_text.delta",
      "response.reasoning_summary_text.done", "response.reasoning_summary_part.done",
      "response.refusal.delta",
      "response.refusal.done", "response.function_call_arguments.delta",
      "response.function_call_arguments.done",
      "response.custom_tool_call_input.delta", "response.custom_tool_call_input.done",
    ] { #expect(types.filter { $0 == name }.count == 1, "\(name)") }
    let arguments = events.first { $0.text("type") == "response.function_call_arguments.done" }
    #expect(arguments?.text("arguments") == #"{"x":1}"#)
    #expect(arguments?.text("name") == "f")
    let input = events.first { $0.text("type") == "response.custom_tool_call_input.done" }
    #expect(input?.text("input") == "line\n")
    #expect(added[3].object("item").text("input") == "")
  }

  @Test func `a heartbeat is the next event in progress, and there is none before the opening`() async throws
  {
    var stream = try stream()
    #expect(stream.heartbeat().isEmpty)
    var text = String(decoding: stream.opening() + stream.heartbeat() + stream.heartbeat(), as: UTF8.self)
    #expect(stream.opening().isEmpty)
    text += await stream.written(try completion(choice(#"{"content":"a"}"#)))
    let events = try ResponsesText.events(in: text)
    #expect(
      ResponsesText.types(events).prefix(5) == [
        "response.created", "response.in_progress", "response.in_progress", "response.in_progress",
        "response.output_item.added",
      ])
    #expect(Set(events.compactMap { $0.object("response").text("id") }).count == 1)
  }

  @Test func `an answer that was cut ends as incomplete`() async throws {
    let events = try await ResponsesText.events(
      try completion(choice(#"{"content":"a"}"#, finish: #""length""#)))
    let last = try #require(events.last)
    #expect(last.text("type") == "response.incomplete")
    #expect(last.object("response").object("incomplete_details").text("reason") == "max_output_tokens")
  }

  @Test(
    arguments: [(503, "server_error"), (429, "rate_limit_exceeded"), (400, "invalid_prompt")], [true, false])
  func `a failure is raised by SDKs and read by agents`(failure: (status: Int, code: String), opened: Bool)
    throws
  {
    var stream = try stream()
    var text = opened ? String(decoding: stream.opening(), as: UTF8.self) : ""
    let fault = APIFault(
      status: failure.status, type: "t", code: "cooldown", message: "Wait a bit.", parameter: "p")
    text += String(decoding: stream.failure(fault), as: UTF8.self)
    let events = try ResponsesText.events(in: text)
    #expect(
      ResponsesText.types(events) == ["response.created", "response.in_progress", "error", "response.failed"])
    #expect(events[2].text("message") == "Wait a bit.")
    #expect(events[2].text("code") == "cooldown")
    #expect(
      events[2].object("error") as? [String: String] == [
        "type": "t", "code": "cooldown", "message": "Wait a bit.", "param": "p",
      ])
    let response = events[3].object("response")
    #expect(response.text("status") == "failed")
    #expect(
      response.object("error") as? [String: String] == ["code": failure.code, "message": "Wait a bit."])
    #expect(response.list("output").isEmpty)
  }

  @Test func `a long answer is handed over in pieces of whole events`() async throws {
    let long = String(repeating: "0123456789 ", count: 20_000)
    var stream = try stream()
    var pieces: [[UInt8]] = []
    await stream.write(try completion(choice(#"{"content":"\#(long)"}"#)), at: .fixed) { pieces.append($0) }
    #expect(pieces.count > 10)
    for piece in pieces { #expect(piece.suffix(2) == Array("\n\n".utf8)[...]) }
    // Each event that has the whole text is in a piece of its own, or nearly.
    #expect(pieces.allSatisfy { $0.count < long.utf8.count + 2 * EventWriter.pieceByteCount })
    #expect(try ResponsesText.events(in: String(decoding: pieces.joined(), as: UTF8.self)).count > 4000)
  }
}
