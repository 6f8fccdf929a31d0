import Dialects
import JSONText

/// One input: a byte for the dialect, one for how the stream goes, and an answer, or the texts to make one of.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzStreams(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  judge(start, count) { bytes in
    var choices = Choices(bytes)
    let route = choices.one(of: Route.allCases)
    let manner = choices.byte()
    let text = manner % 2 == 0 ? choices.material : answerText(choices.material)
    guard let document = try? JSONDocument(parsing: text), let object = try? document.root.object(),
      let answer = try? ChatAnswer(document: document, object: object)
    else { return require(manner % 2 == 0, "no answer") }
    check(answer, ReferenceJSON(text), route, manner)
  }
}

private func check(_ answer: ChatAnswer, _ reference: ReferenceJSON?, _ route: Route, _ manner: Int) {
  let request = requests[route.rawValue]
  var stream = request.encoder.stream(at: 1_700_000_000)
  var bytes: [UInt8] = []
  if manner / 2 % 2 == 1 { bytes += stream.opening() }
  for _ in 0..<manner / 4 % 4 { bytes += stream.heartbeat() }
  if manner / 16 % 4 == 3 { return checkFailure(bytes + stream.failure(fault), route) }
  if let refusal = stream.refusal(of: answer) {
    return require(refusal.status == 502, "refuses its own stream")
  }
  bytes += written(answer, to: stream, isLines: route.isLines)
  let heard = HeardAnswer(bytes, route)
  require(heard.ends == 1, "ends \(heard.ends) times")
  compare(heard, reference?["choices"]?.elements ?? [], answer, route)
  do throws(APIFault) {
    let time = AnswerTime(seconds: 1_700_000_000, elapsed: .seconds(1))
    require(
      ReferenceJSON(try request.encoder.encode(answer, at: time))?.members != nil, "the whole is no JSON")
  } catch { require(false, "streams what it does not answer: \(error.message)") }
}

/// The joined deltas are the answer's texts, unit by unit.
private func compare(
  _ heard: HeardAnswer, _ choices: [ReferenceJSON], _ answer: ChatAnswer, _ route: Route
) {
  let place = answer.choices.firstIndex { $0.index == 0 } ?? 0
  let position = [.chat, .completions].contains(route) ? place : 0
  guard choices.indices.contains(position), let message = choices[position]["message"] else {
    fatalError("an answer without a message")
  }
  let text = message["content"]?.units ?? []
  let refusal = message["refusal"]?.units ?? []
  switch route {
  case .chat, .responses: require(heard.text == text && heard.refusal == refusal, "another text")
  case .completions: require(heard.text == (text.isEmpty ? refusal : text), "another text")
  case .anthropic, .ollamaChat, .ollamaGenerate: require(heard.text == text + refusal, "another text")
  }
  let thoughts = [message["reasoning_content"], message["reasoning"]].compactMap { $0?.units }
  if route != .completions {
    let said = thoughts.first { !$0.isEmpty } ?? []
    require(heard.thoughts == said || route == .chat && thoughts.count == 2, "other thoughts")
  }
  guard let calls = message["tool_calls"]?.elements, [.chat, .responses].contains(route) else { return }
  for (said, call) in zip(heard.calls, calls) {
    guard let arguments = call["function"]?["arguments"]?.units, !arguments.isEmpty else { continue }
    require(said == arguments, "other arguments")
  }
  require(heard.calls.count == calls.count, "other calls")
}

private let fault = APIFault(
  status: 502, type: "server_error", code: "upstream_answer", message: "A \"fault\"\n\ndata: [DONE]\u{2028}")

/// What did not end well does not look as if it had.
private func checkFailure(_ bytes: [UInt8], _ route: Route) {
  if route.isLines {
    let lines = bytes.split(separator: UInt8(ascii: "\n")).map { ReferenceJSON($0) }
    require(lines.allSatisfy { $0?.members != nil }, "a line that is no JSON")
    require(lines.last??["error"]?.text == fault.message, "a failure that does not say so")
    return
  }
  require(HeardAnswer(bytes, route).ends == 0, "a failure that looks like a good end")
}
