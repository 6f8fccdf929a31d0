import JSONText

/// Hands out the token probabilities of a choice beside the text that they are of, as OpenAI does.
///
/// All in one event they would be a line of megabytes, which some clients refuse; those that collect them add up what they
/// find in any event.
struct LogprobReplay {
  /// With twenty alternatives each, so many tokens make about 32 KiB.
  private static let tokensPerEvent = 16

  private var tokens: JSONElements.Iterator?
  private var upcoming: JSONValue?
  /// How much text the tokens handed out are of, and how much was sent; bytes as written.
  private var (tokenBytes, textBytes) = (0, 0)
  /// What is no list of tokens, and comes with the reason at the end.
  private let rest: [UInt8]?

  init(_ logprobs: JSONValue?) {
    let members = try? logprobs?.object()
    guard let members, let content = members["content"]?.lazyElements else {
      rest = logprobs.map {
        var writer = JSONWriter()
        writer.value($0)
        return writer.bytes
      }
      return
    }
    var iterator = content.makeIterator()
    upcoming = iterator.next()
    tokens = iterator
    let others = members.members.lazy.filter { $0.name != "content" && !$0.value.isNull }
    rest = others.isEmpty ? nil : Self.text(of: [], others)
  }

  /// The probabilities of the tokens of the text up to the end of this piece; nil where there is none.
  ///
  /// - Parameter piece: how long it is as written.
  mutating func text(beside piece: Int) -> [UInt8]? {
    textBytes += piece
    var taken: [JSONValue] = []
    while let token = upcoming, tokenBytes < textBytes, taken.count < Self.tokensPerEvent {
      tokenBytes += max(1, Self.length(of: token))
      taken.append(token)
      upcoming = tokens?.next()
    }
    return taken.isEmpty ? nil : Self.text(of: taken, EmptyCollection())
  }

  /// Some of the tokens that no text was beside; nil where none is left.
  mutating func leftover() -> [UInt8]? {
    guard upcoming != nil else { return nil }
    textBytes = .max / 2
    return text(beside: 0)
  }

  /// What comes with the finish reason.
  var ending: [UInt8]? { rest }

  private static func length(of token: JSONValue) -> Int {
    (try? token.object())?["token"]?.stringContent?.count ?? 0
  }

  private static func text(of tokens: [JSONValue], _ others: some Sequence<JSONObject.Member>) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("content")
    if tokens.isEmpty {
      writer.null()
    } else {
      writer.beginArray()
      for token in tokens { writer.value(token) }
      writer.endArray()
    }
    for member in others { writer.member(member.name, member.value) }
    if !others.contains(where: { $0.name == "refusal" }) {
      writer.name("refusal")
      writer.null()
    }
    writer.endObject()
    return writer.bytes
  }
}
