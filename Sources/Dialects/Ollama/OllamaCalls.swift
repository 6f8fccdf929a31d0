import JSONText

/// Tool calls that wait for their results.
///
/// Ollama's calls need no identifier and OpenAI's do, so calls without one are given one here, and results are paired
/// with them: by identifier, else by the tool's name, else by order.
struct OllamaCalls {
  private var ids: [String] = []
  private var isAnswered: [Bool] = []
  private var inOrder = Line()
  private var byID: [String: Line] = [:]
  private var byName: [String: Line] = [:]
  /// How many identifiers were given out.
  private var given = 0

  /// Calls in their order, of which the first that waits is next.
  ///
  /// Going through them all costs one pass.
  private struct Line {
    var positions: [Int] = []
    var next = 0

    mutating func take(notIn isAnswered: [Bool]) -> Int? {
      while next < positions.count {
        let position = positions[next]
        next += 1
        if !isAnswered[position] { return position }
      }
      return nil
    }
  }

  /// Calls that have no result by the time of new ones will have none.
  mutating func forget() {
    let given = given
    self = OllamaCalls()
    self.given = given
  }

  /// Adds a call, and writes it in OpenAI's form.
  mutating func append(_ call: RequestMembers, to writer: inout JSONWriter) throws(APIFault) {
    guard let function = try call.object("function") else { throw call.missing("function", "an object") }
    let name = try function.requiredString("name")
    guard !name.isEmpty else { throw function.wrongValue("name", "a string with something in it") }
    let own = try call.string("id").flatMap { $0.isEmpty ? nil : $0 }
    let id = own ?? nextID()
    let position = ids.count
    ids.append(id)
    isAnswered.append(false)
    inOrder.positions.append(position)
    byName[name, default: Line()].positions.append(position)
    if let own { byID[own, default: Line()].positions.append(position) }
    let arguments = try function.arguments()
    writer.functionCall(id: id, name: name, arguments: arguments)
  }

  /// Counted, not random: the same conversation has the same identifiers in each of its requests, which keeps prompt
  /// caches warm.
  ///
  /// Nine letters and digits, because some chat templates (Mistral's) take nothing else.
  private mutating func nextID() -> String {
    given += 1
    let digits = String(given)
    return "call" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }

  /// The identifier of the call that this message answers, which then waits no more.
  mutating func answer(_ message: RequestMembers) throws(APIFault) -> String {
    let id = try message.string("tool_call_id") ?? ""
    let name = try message.string("tool_name") ?? ""
    let position: Int?
    // Some clients drop the calls' identifiers and keep the results', so an unknown one only counts among known ones.
    if !id.isEmpty, !byID.isEmpty {
      position = byID[id]?.take(notIn: isAnswered)
    } else if !name.isEmpty {
      position = byName[name]?.take(notIn: isAnswered)
    } else {
      position = inOrder.take(notIn: isAnswered)
    }
    guard let position else {
      throw .invalidRequest(
        "tool_result_without_call",
        "'\(message.path)' is the result of a tool call that no assistant's message before it has. Send the message "
          + "with 'tool_calls' first, and one result for each call.", parameter: message.path)
    }
    isAnswered[position] = true
    return ids[position]
  }
}

extension RequestMembers {
  /// The arguments, to be written as the string that OpenAI has there.
  fileprivate func arguments() throws(APIFault) -> (inout JSONWriter) -> Void {
    guard let value = self["arguments"] else { return { $0.string("{}") } }
    if let content = value.stringContent { return { $0.stringContent(content) } }
    guard value.kind == .object else { throw wrongType("arguments", "an object") }
    var text: [UInt8] = []
    value.appendSingleLine(to: &text)
    let decoded = String(decoding: text, as: UTF8.self)
    return { $0.string(decoded) }
  }
}
