import Dialects
import JSONText

/// One input: a byte for the route, two for the policy, and a request body.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequests(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  judge(start, count) { bytes in
    var choices = Choices(bytes)
    let route = choices.byte() % 13
    let policy = policy(&choices)
    let body = choices.material
    if dialects.indices.contains(route) { return checkChat(body, route, policy) }
    do throws(APIFault) { try checkOther(route - dialects.count, body, policy) } catch {
      checkFault(error, OpenAIChat())
    }
  }
}

private let bot: Chatbot = {
  var bot = Chatbot(id: "helper", model: "m")
  bot.systemPrompt = "Be\nkind.\u{2028}"
  bot.sampling.temperature = 0.5
  bot.sampling.maxTokens = 100
  bot.sampling.stop = ["\"", "data:"]
  return bot
}()

/// Every dialect of a chat.
private let dialects: [any Dialect] = [
  OpenAIChat(), OpenAICompletions(), OpenAIResponses(), AnthropicMessages(requestID: "req_1"), OllamaChat(),
  OllamaGenerate(), EnclavaBotCompletions(bot: bot),
  EnclavaChat(bot: bot, caller: "caller", conversations: Conversations()),
]

/// Conversations, each of which begins anew.
private struct Conversations: ConversationKeeping {
  func begin(_ bot: Chatbot, caller: String, conversation: String?) throws(APIFault) -> ConversationTurn {
    var book = ConversationBook()
    return try book.begin(bot, caller: caller, conversation: conversation, at: .zero)
  }

  func end(_: ConversationTurn, with _: ConversationExchange?, of _: Chatbot) {}
}

private func policy(_ choices: inout Choices) -> RequestPolicy {
  let (first, second) = (choices.byte(), choices.byte())
  var policy = RequestPolicy(
    stripIdentifiers: RequestPolicy.StripIdentifiers.allCases[first % 3],
    members: RequestPolicy.UndocumentedMembers.allCases[first / 3 % 3],
    messages: RequestPolicy.MessageRepairs.allCases[first / 9 % 2],
    remoteImages: RequestPolicy.RemoteImages.allCases[first / 18 % 2],
    aliases: second % 2 == 0 ? ["m": "router/m", "a:latest": "b"] : [:])
  if second / 2 % 2 == 1 { policy.knownModels = ["m", "a", "b:latest"] }
  return policy
}

/// What is understood is understood the same way again, and every text to seal is one that may be sealed.
private func checkChat(_ body: [UInt8], _ route: Int, _ policy: RequestPolicy) {
  let dialect = dialects[route]
  do throws(APIFault) {
    let request = try dialect.decode(body, under: policy)
    require(ReferenceJSON(body)?.members != nil, "understands what is no JSON object")
    let again = try dialect.decode(body, under: policy)
    require(again.chats.map(\.plaintext) == request.chats.map(\.plaintext), "understood in two ways")
    require(again.isStream == request.isStream, "understood in two ways")
    require(Set(request.chats.map(\.routerModel)).count == 1, "asks several models")
    for chat in request.chats { SealedText(chat, policy).check() }
    if let tier = request.chats[0].securityTier {
      require(tier.utf8.count <= body.count, "a tier of its own")
    }
    checkAnswers(request, dialect, mayRefuse: route == 1 || route == 7)
  } catch {
    checkFault(error, dialect)
  }
}

/// Any request can be answered: with a text, with calls, and with a fault.
private func checkAnswers(_ request: DecodedRequest, _ dialect: any Dialect, mayRefuse: Bool) {
  let time = AnswerTime(seconds: 1_700_000_000, elapsed: .milliseconds(1500))
  for answer in fixedAnswers {
    do throws(APIFault) {
      let merged = try ChatAnswer.merging(request.chats.map { _ in answer })
      let body = try request.encoder.encode(merged, at: time)
      require(ReferenceJSON(body)?.members != nil, "the answer is no JSON object")
    } catch {
      require(mayRefuse, "no words for an answer: \(error.message)")
      checkFault(error, dialect)
    }
  }
}

private let fixedAnswers: [ChatAnswer] = [
  #"{"content":"A \"text\"\n\ndata: [DONE]\u2028\ud800","reasoning_content":"Hm"},"finish_reason":"stop""#,
  #"""
  {"content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},
  "finish_reason":"tool_calls"
  """#,
].map { choice in
  let text = #"{"model":"x","choices":[{"index":0,"logprobs":{"content":[]},"message":"# + choice + "}]}"
  do {
    let document = try JSONDocument(parsing: Array(text.utf8))
    guard let object = try document.root.object() else { fatalError("no object") }
    return try ChatAnswer(document: document, object: object)
  } catch { fatalError("\(error)") }
}

/// A fault is told in JSON, by a status of an error, in one line without control characters.
private func checkFault(_ fault: APIFault, _ dialect: any Dialect) {
  require(400..<600 ~= fault.status, "a fault with status \(fault.status)")
  require(
    !fault.message.isEmpty && !fault.message.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "an odd message")
  require(ReferenceJSON(dialect.encode(fault))?.members != nil, "a fault that is no JSON object")
}

/// The routes that are no chat.
private func checkOther(_ number: Int, _ body: [UInt8], _ policy: RequestPolicy) throws(APIFault) {
  switch number {
  case 0:
    let request = try OpenAIEmbeddings.decode(body, under: policy)
    SealedText(request.body, policy).checkEmbedding()
    require(try OpenAIEmbeddings.decode(body, under: policy).body == request.body, "understood in two ways")
  case 1:
    for route in [OllamaEmbedding.Route.embed, .embeddings] {
      guard let request = try? OllamaEmbedding(body, route: route) else { continue }
      require(ReferenceJSON(request.emptyAnswer)?.members != nil, "an empty answer that is no JSON")
      guard let text = request.request(model: "e") else { continue }
      require(ReferenceJSON(text)?["model"]?.text == "e", "a request that is no JSON")
    }
  case 2: require(ReferenceJSON(try AnthropicTokenCount.estimate(body))?["input_tokens"] != nil, "no count")
  case 3: _ = try OllamaShow.model(in: body)
  default:
    for load in [OllamaLoad.chat(body, at: 0), OllamaLoad.generate(body, at: 0)] {
      require(load.map { ReferenceJSON($0.body)?.members != nil } ?? true, "an answer that is no JSON")
    }
  }
}
