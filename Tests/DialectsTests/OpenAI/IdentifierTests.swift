import Testing

@testable import Dialects

@Suite struct IdentifierTests {
  private static let names = [
    "metadata", "safety_identifier", "session_id", "prompt_cache_key", "prompt_cache_retention",
    "prompt_cache_options", "store", "client_metadata", "user_id", "conversation_id", "thread_id", "trace_id",
    "litellm_metadata", "litellm_call_id", "litellm_session_id",
  ]

  @Test(arguments: names)
  func `what identifies somebody goes, unless that is switched off`(name: String) throws {
    let members = #"\#(question),"\#(name)":"who""#
    for strip in [RequestPolicy.StripIdentifiers.account, .all] {
      #expect(
        try sealedChat(members, RequestPolicy(stripIdentifiers: strip)) == #"{"model":"m",\#(question)}"#)
    }
    #expect(
      try sealedChat(members, RequestPolicy(stripIdentifiers: .none)) == #"{"model":"m",\#(members)}"#)
  }

  @Test(arguments: names) func `an embedder gets it no more than a router`(name: String) throws {
    let body = #"{"model":"m","input":"a","\#(name)":"who"}"#
    func sent(_ strip: RequestPolicy.StripIdentifiers) throws -> String {
      let policy = RequestPolicy(stripIdentifiers: strip)
      return String(
        decoding: try OpenAIEmbeddings.decode(Array(body.utf8), under: policy).body, as: UTF8.self)
    }
    #expect(try sent(.account) == #"{"model":"m","input":"a"}"#)
    #expect(try sent(.none) == body)
  }

  @Test(arguments: ["user_id", "conversation_id", "thread_id", "trace_id", "litellm_metadata", "metadata"])
  func `the other dialects do not let it through either`(name: String) throws {
    let policy = RequestPolicy()
    let completion = #"{"model":"m","prompt":"a","\#(name)":{}}"#
    #expect(!(try OpenAICompletions().decode(Array(completion.utf8), under: policy).sealed.contains(name)))
    let response = #"{"model":"m","input":"a","\#(name)":{}}"#
    #expect(!(try OpenAIResponses().decode(Array(response.utf8), under: policy).sealed.contains(name)))
  }

  @Test(arguments: ["id", "metadata", "user_id", "conversation_id", "litellm_call_id"])
  func `messages lose it too, however they are passed on`(name: String) throws {
    let before = #"{"role":"user","content":"p"}"#
    let message = #"{"\#(name)":{"a":"who"},"role":"user" , "content":"q\/"}"#
    for messages in RequestPolicy.MessageRepairs.allCases {
      let sealed = try sealedMessages("\(before),\(message)", RequestPolicy(messages: messages))
      #expect(sealed == before + #",{"role":"user","content":"q\/"}"#)
      let kept = try sealedMessages(
        "\(before),\(message)", RequestPolicy(stripIdentifiers: .none, messages: messages))
      #expect(kept == "\(before),\(message)")
    }
  }

  @Test func `identifiers of calls stay, for results answer them`() throws {
    let messages =
      #"{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},"#
      + #"{"role":"tool","tool_call_id":"c1","content":"r"}"#
    #expect(try sealedMessages(messages) == messages)
  }
}
