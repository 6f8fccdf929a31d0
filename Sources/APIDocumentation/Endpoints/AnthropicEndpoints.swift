/// Anthropic's routes.
enum AnthropicEndpoints {
  static let all = [messages, countTokens]

  private static let question = #""messages":[{"role":"user","content":"What is a sealed envelope?"}]"#

  private static let messages = Endpoint(
    method: .post, path: "/v1/messages", identifier: "createMessage", section: .anthropic,
    summary: "Message",
    description:
      "Anthropic's Messages, for Claude Code and the SDKs. Names such as `claude-sonnet-4-5` need an alias under "
      + "`models.aliases`. A stream goes from `message_start` to `message_stop`, with `ping` while the answer is awaited.",
    parameters: [.anthropicVersion, .beta] + Parameter.ofChat,
    body: Body(
      schema: .named("MessagesRequest"),
      examples: [
        Example(
          name: "whole", summary: "Whole answer",
          json: #"{"model":"Qwen/Qwen3-0.6B","max_tokens":1024,\#(question)}"#),
        Example(
          name: "stream", summary: "Stream",
          json: #"{"model":"Qwen/Qwen3-0.6B","max_tokens":1024,\#(question),"stream":true}"#),
      ]),
    answers: [
      .json(
        .named("Message"),
        example: #"{"id":"msg_1","type":"message","role":"assistant","model":"Qwen/Qwen3-0.6B","#
          + #""content":[{"type":"text","text":"A closed one."}],"stop_reason":"end_turn","stop_sequence":null,"#
          + #""usage":{"input_tokens":12,"output_tokens":4}}"#),
      .events("Named events from `message_start` to `message_stop`."),
    ],
    errors: .anthropic, faults: Fault.ofChat)

  private static let countTokens = Endpoint(
    method: .post, path: "/v1/messages/count_tokens", identifier: "countTokens", section: .anthropic,
    summary: "Estimate tokens",
    description: "An estimate that is made on this machine; nothing is sent to the router.",
    parameters: [.anthropicVersion, .beta],
    body: Body(
      schema: .named("CountTokensRequest"),
      examples: [
        Example(
          name: "message", summary: "One message", json: #"{"model":"Qwen/Qwen3-0.6B",\#(question)}"#)
      ]),
    answers: [.json(.named("TokenCount"), example: #"{"input_tokens":12,"estimated":true}"#)],
    errors: .anthropic, faults: Fault.ofEvery + Fault.ofBodies)
}
