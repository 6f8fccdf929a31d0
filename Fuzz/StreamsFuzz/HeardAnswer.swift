/// What a client makes of a stream, in UTF-16.
struct HeardAnswer: Equatable {
  var text: [UInt16] = []
  var thoughts: [UInt16] = []
  var refusal: [UInt16] = []
  /// The arguments of each call.
  var calls: [[UInt16]] = []
  /// How often the end was said.
  var ends = 0

  /// Joins the deltas of a stream.
  init(_ bytes: [UInt8], _ route: Route) {
    if route.isLines {
      hear(lines: bytes)
      return
    }
    guard let events = EventReader.events(bytes) else { fatalError("a stream of half an event") }
    for (position, event) in events.enumerated() {
      require(ends == 0, "something after the end")
      if event.data.elementsEqual("[DONE]".utf8) {
        ends += 1
        continue
      }
      guard let data = ReferenceJSON(event.data) else {
        fatalError("data that is no JSON: \(String(decoding: event.data, as: UTF8.self))")
      }
      switch route {
      case .chat: hear(chat: data)
      case .completions: text += first(of: data)?["text"]?.units ?? []
      case .responses:
        require(event.name == data["type"]?.text, "an event of another name")
        require(data["sequence_number"]?.integer == position, "events are not numbered")
        hear(responses: event.name, data)
      case .anthropic:
        require(event.name == data["type"]?.text, "an event of another name")
        hear(anthropic: event.name, data)
      case .ollamaChat, .ollamaGenerate: break
      }
    }
  }

  private func first(of data: ReferenceJSON) -> ReferenceJSON? {
    data["choices"]?.elements?.first { $0["index"]?.integer == 0 }
  }

  private mutating func call(_ index: Int, _ piece: [UInt16]) {
    require(index <= calls.count, "calls out of their order")
    if index == calls.count { calls.append([]) }
    calls[index] += piece
  }

  private mutating func hear(chat data: ReferenceJSON) {
    guard let choice = first(of: data), let delta = choice["delta"] else { return }
    text += delta["content"]?.units ?? []
    thoughts += (delta["reasoning_content"] ?? delta["reasoning"])?.units ?? []
    refusal += delta["refusal"]?.units ?? []
    for piece in delta["tool_calls"]?.elements ?? [] {
      call(piece["index"]?.integer ?? 0, piece["function"]?["arguments"]?.units ?? [])
    }
  }

  private mutating func hear(responses name: String, _ data: ReferenceJSON) {
    let delta = data["delta"]?.units ?? []
    switch name {
    case "response.output_text.delta": text += delta
    case "response.refusal.delta": refusal += delta
    case "response.reasoning_summary_text.delta": thoughts += delta
    case "response.function_call_arguments.delta": calls[calls.count - 1] += delta
    case "response.output_item.added" where data["item"]?["type"]?.text == "function_call": calls.append([])
    case "response.output_text.done": require(text == data["text"]?.units, "another text at the end")
    case "response.completed", "response.incomplete": ends += 1
    default: break
    }
  }

  private mutating func hear(anthropic name: String, _ data: ReferenceJSON) {
    let delta = data["delta"]
    switch (name, delta?["type"]?.text) {
    case ("content_block_start", _) where data["content_block"]?["type"]?.text == "tool_use": calls.append([])
    case ("content_block_delta", "text_delta"): text += delta?["text"]?.units ?? []
    case ("content_block_delta", "thinking_delta"): thoughts += delta?["thinking"]?.units ?? []
    case ("content_block_delta", "input_json_delta"):
      calls[calls.count - 1] += delta?["partial_json"]?.units ?? []
    case ("message_stop", _): ends += 1
    default: break
    }
  }

  private mutating func hear(lines bytes: [UInt8]) {
    require(bytes.last == UInt8(ascii: "\n"), "a line without an end")
    for line in bytes.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      guard let data = ReferenceJSON(line) else { fatalError("a line that is no JSON") }
      require(ends == 0, "something after the end")
      let message = data["message"] ?? data
      text += (message["content"] ?? message["response"])?.units ?? []
      thoughts += message["thinking"]?.units ?? []
      if case .bool(true)? = data["done"] { ends += 1 }
    }
  }
}

/// The forms of a stream.
enum Route: Int, CaseIterable {
  case chat, completions, responses, anthropic, ollamaChat, ollamaGenerate

  var isLines: Bool { self == .ollamaChat || self == .ollamaGenerate }
}
