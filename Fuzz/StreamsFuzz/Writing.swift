import Dialects

/// Runs jobs where they are handed in, so that a stream is written before the fuzzer's call returns.
private final class InPlace: TaskExecutor {
  func enqueue(_ job: consuming ExecutorJob) {
    unsafe UnownedJob(job).runSynchronously(on: asUnownedTaskExecutor())
  }
}

/// What a task has done; everything is on one thread.
private final class Written: @unchecked Sendable {
  var pieces: [[UInt8]] = []
  var isDone = false
}

private let executor = InPlace()

/// All that a stream writes for an answer, once it is known that each piece is whole.
func written(_ answer: ChatAnswer, to stream: any AnswerStream, isLines: Bool) -> [UInt8] {
  let written = Written()
  Task(executorPreference: executor) {
    var stream = stream
    await stream.write(answer, at: AnswerTime(seconds: 1_700_000_001, elapsed: .seconds(1))) {
      written.pieces.append($0)
    }
    written.isDone = true
  }
  require(written.isDone, "a stream that waits for nothing")
  for piece in written.pieces {
    require(piece.suffix(2) == [0x0A, 0x0A] || isLines && piece.last == 0x0A, "half an event")
  }
  return written.pieces.flatMap { $0 }
}

/// An answer of up to four texts, each behind a byte that no UTF-8 has: content, thoughts, refusal, arguments.
func answerText(_ material: [UInt8]) -> [UInt8] {
  let texts = material.split(separator: 0xFF, maxSplits: 3, omittingEmptySubsequences: false).map {
    jsonString(Array($0))
  }
  var text = Array(#"{"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant""#.utf8)
  for (name, string) in zip(["content", "reasoning_content", "refusal"], texts) {
    text += ",\"\(name)\":".utf8 + string
  }
  if texts.count == 4 {
    text +=
      #","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"#.utf8 + texts[3]
      + "}}]".utf8
  }
  return text + #"}}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}"#.utf8
}

/// The bytes as the content of a string where they are one, escapes and all; else as its text.
private func jsonString(_ bytes: [UInt8]) -> [UInt8] {
  let quoted = [0x22] + bytes + [0x22]
  if ReferenceGrammar.accepts(quoted, depthLimit: 1) { return quoted }
  let units = String(decoding: bytes, as: UTF8.self).utf16
  return [0x22]
    + units.flatMap { unit in
      let digits = String(unit, radix: 16)
      return Array(("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
    } + [0x22]
}

/// One request of each dialect that asks for a stream.
let requests: [DecodedRequest] = {
  let message = #""messages":[{"role":"user","content":"Hi"}]"#
  let bodies: [(any Dialect, String)] = [
    (OpenAIChat(), #"{"model":"m","stream":true,"stream_options":{"include_usage":true},\#(message)}"#),
    (OpenAICompletions(), #"{"model":"m","stream":true,"prompt":"Hi"}"#),
    (OpenAIResponses(), #"{"model":"m","stream":true,"input":"Hi"}"#),
    (
      AnthropicMessages(),
      #"{"model":"m","stream":true,"max_tokens":5000,"thinking":{"type":"enabled","budget_tokens":2000},\#(message)}"#
    ),
    (OllamaChat(), #"{"model":"m","think":true,\#(message)}"#),
    (OllamaGenerate(), #"{"model":"m","think":true,"prompt":"Hi"}"#),
  ]
  return bodies.map { dialect, body in
    do { return try dialect.decode(Array(body.utf8), under: RequestPolicy()) } catch {
      fatalError("\(error)")
    }
  }
}()
