import JSONText

/// Writes answers as Responses.
struct ResponsesEncoder: AnswerEncoder {
  /// The model as the caller named it.
  let model: String
  let echo: ResponsesEcho
  let tools: ResponsesToolNames
  /// How many of the answer's calls are handed on.
  let callForm: CallForm
  /// Whether token probabilities are wanted.
  let logprobs: Bool

  /// The response object.
  func encode(_ answer: ChatAnswer, at time: AnswerTime) throws(APIFault) -> [UInt8] {
    let head = ResponseHead(encoder: self, createdAt: time.startSeconds)
    var writer = JSONWriter(reservingCapacity: answer.byteCount + echo.members.count + 1024)
    head.write(ResponseOutput(answer, for: self), at: time.seconds, to: &writer)
    return writer.bytes
  }

  /// A writer of the events of a response.
  func stream(at now: Int) -> any AnswerStream { ResponsesStream(self, at: now) }
}

extension AnswerTime {
  /// When the request came, in seconds since 1970.
  fileprivate var startSeconds: Int {
    let (start, overflow) = seconds.subtractingReportingOverflow(Int(clamping: elapsed.components.seconds))
    return overflow ? seconds : start
  }
}

/// What all objects of one response share.
struct ResponseHead: Sendable {
  let encoder: ResponsesEncoder
  let createdAt: Int
  private let id = "resp_" + randomIdentifier()

  init(encoder: ResponsesEncoder, createdAt: Int) {
    self.encoder = encoder
    self.createdAt = createdAt
  }

  /// The object while the answer is awaited.
  func writeInProgress(to writer: inout JSONWriter) {
    write(status: "in_progress", to: &writer) { writer in
      writer.nulls(["completed_at", "error", "incomplete_details", "usage"])
      writer.emptyArray("output")
    }
  }

  /// The object of an answer that did not come.
  ///
  /// - Parameter code: One of those that clients know.
  func writeFailed(code: String, message: String, to writer: inout JSONWriter) {
    write(status: "failed", to: &writer) { writer in
      writer.nulls(["completed_at", "incomplete_details", "usage"])
      writer.name("error")
      writer.beginObject()
      writer.member("code", code)
      writer.member("message", message)
      writer.endObject()
      writer.emptyArray("output")
    }
  }

  /// The object of an answer.
  ///
  /// - Parameter now: Seconds since 1970.
  func write(_ output: ResponseOutput, at now: Int, to writer: inout JSONWriter) {
    write(status: output.status, to: &writer) { writer in
      writer.nulls(["error"])
      writer.name("completed_at")
      if output.incompleteReason == nil { writer.integer(now) } else { writer.null() }
      writer.name("incomplete_details")
      if let reason = output.incompleteReason {
        writer.beginObject()
        writer.member("reason", reason)
        writer.endObject()
      } else {
        writer.null()
      }
      writer.name("output")
      writer.beginArray()
      for item in output.items { item.write(to: &writer) }
      writer.endArray()
      writer.name("usage")
      Self.write(output.usage, to: &writer)
    }
  }

  private func write(status: String, to writer: inout JSONWriter, _ members: (inout JSONWriter) -> Void) {
    writer.beginObject()
    writer.member("id", id)
    writer.member("object", "response")
    writer.member("created_at", createdAt)
    writer.member("status", status)
    writer.member("model", encoder.model)
    members(&writer)
    writer.member("store", false)
    writer.raw(encoder.echo.members)
    writer.endObject()
  }

  private static func write(_ usage: TokenUsage, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("input_tokens", usage.prompt)
    writer.name("input_tokens_details")
    writer.beginObject()
    writer.member("cache_write_tokens", 0)
    writer.member("cached_tokens", usage.cached)
    writer.endObject()
    writer.member("output_tokens", usage.completion)
    writer.name("output_tokens_details")
    writer.beginObject()
    writer.member("reasoning_tokens", usage.reasoning)
    writer.endObject()
    writer.member("total_tokens", usage.total)
    writer.endObject()
  }
}

extension JSONWriter {
  fileprivate mutating func nulls(_ names: [String]) {
    for name in names {
      self.name(name)
      null()
    }
  }

  /// Writes a member that is `[]`.
  mutating func emptyArray(_ name: String) {
    self.name(name)
    beginArray()
    endArray()
  }
}
