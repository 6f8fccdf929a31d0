import JSONText

extension ChatAnswer {
  /// The answers to the prompts of one request as one answer.
  ///
  /// Choices are numbered after those of the answers before, in the order of each answer's own numbers; usage is summed, and everything else
  /// is the first's. A single answer is returned as it is.
  ///
  /// - Throws: status 502 where there are more choices than anybody can have asked for.
  public static func merging(_ answers: [ChatAnswer]) throws(APIFault) -> ChatAnswer {
    precondition(!answers.isEmpty, "a request has an answer")
    guard answers.count > 1 else { return answers[0] }
    var writer = JSONWriter(reservingCapacity: answers.reduce(256) { $0 + $1.document.bytes.count })
    writer.beginObject()
    for member in answers[0].object.members where !["choices", "usage"].contains(member.name) {
      writer.member(member.name, member.value)
    }
    writer.name("choices")
    writer.beginArray()
    var count = 0
    for answer in answers {
      for (value, choice) in zip(answer.object["choices"]?.elements ?? [], answer.choices) {
        guard let members = try? value.object() else { continue }
        writer.choice(members, index: count + choice.index)
      }
      count += answer.choices.count
    }
    writer.endArray()
    writer.usage(summing: answers)
    writer.endObject()
    return try ChatAnswer(merged: writer.bytes, counts: answers.map(\.choices.count))
  }

  private init(merged text: [UInt8], counts: [Int]) throws(APIFault) {
    guard let document = try? JSONDocument(parsing: text), let object = try? document.root.object() else {
      // The parts were read before, so this is a mistake of ours; the caller still gets an answer that says
      // so.
      throw APIFault(
        status: 502, type: "server_error", code: "upstream_answer",
        message: "The router's answers to the prompts could not be put together. Send one prompt at a time.")
    }
    try self.init(document: document, object: object, counts: counts)
  }
}

extension JSONWriter {
  fileprivate mutating func choice(_ members: JSONObject, index: Int) {
    beginObject()
    member("index", index)
    for member in members.members where member.name != "index" { self.member(member.name, member.value) }
    endObject()
  }

  fileprivate mutating func usage(summing answers: [ChatAnswer]) {
    guard answers.contains(where: { $0.object["usage"]?.kind == .object }) else { return }
    let usages = answers.map { TokenUsage($0) }
    func sum(_ count: (TokenUsage) -> Int) -> Int {
      usages.reduce(0) {
        let (sum, overflow) = $0.addingReportingOverflow(count($1))
        return overflow ? .max : sum
      }
    }
    name("usage")
    beginObject()
    member("prompt_tokens", sum(\.prompt))
    member("completion_tokens", sum(\.completion))
    member("total_tokens", sum(\.total))
    for (name, detail, count) in [
      ("prompt_tokens_details", "cached_tokens", sum(\.cached)),
      ("completion_tokens_details", "reasoning_tokens", sum(\.reasoning)),
    ] where count > 0 {
      self.name(name)
      beginObject()
      member(detail, count)
      endObject()
    }
    endObject()
  }
}
