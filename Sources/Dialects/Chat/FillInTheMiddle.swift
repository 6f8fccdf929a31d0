import JSONText

/// Asks a chat model for the text at a cursor, as editors ask a completion model with `prompt` and `suffix`.
///
/// Chat models have no tokens for it that a router would let through, so they are told in words, and what
/// many add in spite of them, a code fence around the whole, is taken off again.
enum FillInTheMiddle {
  private static let instruction = """
    You fill the gap in a text. The user's message holds the text before the gap between <before> and \
    </before>, and the text after it between <after> and </after>. Answer with the missing text only, so \
    that before, answer and after read as one text when they are joined without any change. Repeat nothing \
    of what stands before or after the gap. Explain nothing. Put no quotation marks and no code fence around \
    the answer. Keep the indentation and the style of the text.
    """

  /// Adds the messages that ask for what comes after `prompt`, and before `suffix` where there is one; both
  /// are raw content of JSON strings.
  static func ask(_ prompt: ArraySlice<UInt8>, _ suffix: ArraySlice<UInt8>?, in draft: inout ChatDraft) {
    guard let suffix else {
      draft.message("user") { $0.content(prompt) }
      return
    }
    draft.message("system") { $0.member("content", instruction) }
    draft.message("user") { writer in
      writer.content(
        "<before>".utf8 + prompt + "</before><after>".utf8 + suffix + "</after>".utf8)
    }
  }

  /// An answer without the code fence around all of it; both are raw content of a JSON string.
  ///
  /// Only a fence that opens the answer and one that closes it go together; anything else is part of the
  /// text.
  static func withoutFence(_ content: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let end = content.droppingLast(lineEnds)
    guard content.starts(with: fence), end.suffix(fence.count).elementsEqual(fence) else { return content }
    let inside = end.dropLast(fence.count)
    guard let line = inside.endOfFirstLine, inside[line...].lastLineIsEmpty else { return content }
    return inside[line...].dropLast(inside[line...].isEmpty ? 0 : 2)
  }

  /// The refusal of token probabilities for such an answer.
  static func noLogprobs(_ request: RequestMembers) -> APIFault {
    request.unsupported("logprobs", "an answer that fills a gap is not the model's text token by token.")
  }

  private static let fence = Array("```".utf8)
  private static let lineEnds = [Array("\\n".utf8), Array(" ".utf8)]
}

extension ArraySlice<UInt8> {
  /// Without any of these texts at the end.
  fileprivate func droppingLast(_ texts: [[UInt8]]) -> ArraySlice<UInt8> {
    var rest = self
    while let text = texts.first(where: { rest.suffix($0.count).elementsEqual($0) }) {
      rest = rest.dropLast(text.count)
    }
    return rest
  }

  /// Where the second line begins, in the raw content of a JSON string; nil where there is one line.
  fileprivate var endOfFirstLine: Int? {
    var index = startIndex
    while index + 1 < endIndex {
      if self[index] != UInt8(ascii: "\\") {
        index += 1
      } else if self[index + 1] == UInt8(ascii: "n") {
        return index + 2
      } else {
        index += 2
      }
    }
    return nil
  }

  /// Whether nothing stands after the last line end, in the raw content of a JSON string.
  fileprivate var lastLineIsEmpty: Bool {
    guard !isEmpty else { return true }
    guard suffix(2).elementsEqual("\\n".utf8) else { return false }
    // An even number of backslashes before the n is no line end: each two of them are one of the text.
    let run = dropLast().reversed().prefix { $0 == UInt8(ascii: "\\") }.count
    return !run.isMultiple(of: 2)
  }
}

extension JSONWriter {
  /// The member `content` of a message.
  fileprivate mutating func content(_ content: some Collection<UInt8>) {
    name("content")
    stringContent(content)
  }
}
