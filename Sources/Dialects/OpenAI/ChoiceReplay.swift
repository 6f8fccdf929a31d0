import JSONText

/// Replays one choice of an answer, chunk by chunk, so that several choices can take turns.
struct ChoiceReplay {
  /// What a choice is sent as.
  private enum Step {
    case role
    /// A text that is cut into pieces.
    case text(String, ArraySlice<UInt8>)
    /// A member that no client expects to see cut.
    case member(String, JSONValue)
    case call(StreamedCall)
    case finish(String)
  }

  private let index: Int
  private let steps: [Step]
  private var position = 0
  /// What is left of the step's text.
  private var pieces: JSONStringPieces.Iterator?
  private var logprobs: LogprobReplay

  /// - Parameter isOpened: whether the role was said already.
  init(_ choice: ChatAnswer.Choice, _ form: CallForm, isOpened: Bool) {
    index = choice.index
    logprobs = LogprobReplay(choice.logprobs)
    steps = (isOpened ? [] : [.role]) + Self.steps(of: choice, form)
  }

  /// In the order in which clients expect it (CLIENTS.md section 2).
  private static func steps(of choice: ChatAnswer.Choice, _ form: CallForm) -> [Step] {
    var steps: [Step] = []
    for name in ["reasoning_content", "reasoning", "content", "refusal"] {
      guard let value = choice.message[name], !value.isNull else { continue }
      steps.append(value.stringContent.map { .text(name, $0) } ?? .member(name, value))
    }
    for (position, call) in form.calls(of: choice).enumerated() {
      steps.append(.call(StreamedCall(call, position, form)))
    }
    return steps + [.finish(choice.finish.text(form))]
  }

  /// Writes the next chunk; false once all are written.
  mutating func writeNext(to writer: inout ChunkWriter) -> Bool {
    while position < steps.count {
      if pieces != nil {
        if let piece = pieces?.next() {
          write(piece, of: steps[position], to: &writer)
          return true
        }
        pieces = nil
        position += 1
      } else if begin(steps[position], in: &writer) {
        return true
      }
    }
    return false
  }

  /// Writes the first chunk of a step, if it has one of its own.
  private mutating func begin(_ step: Step, in writer: inout ChunkWriter) -> Bool {
    switch step {
    case .role: writer.role(index)
    case .text(_, let content):
      pieces = JSONStringPieces(content, characters: EventWriter.charactersPerEvent).makeIterator()
      return false
    case .member(let name, let value): writer.choice(index) { $0.member(name, value) }
    case .call(let call):
      writer.choice(index) { call.writeStart(to: &$0) }
      pieces = JSONStringPieces(call.content, characters: EventWriter.charactersPerEvent).makeIterator()
      return true
    case .finish(let reason):
      if let tokens = logprobs.leftover() {
        writer.choice(index, logprobs: tokens) { _ in }
        return true
      }
      writer.choice(index, finish: reason, logprobs: logprobs.ending) { _ in }
    }
    position += 1
    return true
  }

  private mutating func write(_ piece: ArraySlice<UInt8>, of step: Step, to writer: inout ChunkWriter) {
    switch step {
    case .text(let name, _):
      let tokens = name == "content" ? logprobs.text(beside: piece.count) : nil
      writer.choice(index, logprobs: tokens) { $0.member(name, content: piece) }
    case .call(let call): writer.choice(index) { call.write(piece, to: &$0) }
    case .role, .member, .finish: break
    }
  }
}
