/// OpenAI's routes.
enum OpenAIEndpoints {
  static let all = [chat, completions, responses] + ResponsesRefusals.all + [models, model, embeddings]

  private static let chat = Endpoint(
    method: .post, path: "/v1/chat/completions", identifier: "createChatCompletion", section: .openAI,
    summary: "Chat completion",
    description:
      "The conversation is sealed on this machine, answered by the model behind the router and opened here again. "
      + "The router answers whole, so a stream is its answer in pieces; while it is awaited, the stream is kept alive.",
    parameters: Parameter.ofChat,
    body: Body(
      schema: .named("ChatRequest"),
      examples: [
        Example(name: "whole", summary: "Whole answer", json: ChatExamples.whole),
        Example(name: "stream", summary: "Stream", json: ChatExamples.stream),
        Example(name: "tools", summary: "With a tool", json: ChatExamples.tools),
      ]),
    answers: [
      .json(.named("ChatCompletion"), example: ChatExamples.answer),
      .events("`chat.completion.chunk` events, then `[DONE]`.", example: ChatExamples.events),
    ],
    faults: Fault.ofChat)

  private static let completions = Endpoint(
    method: .post, path: "/v1/completions", identifier: "createCompletion", section: .openAI,
    summary: "Text completion",
    description: "The old completions, for tools that continue a text. Each prompt becomes one chat.",
    parameters: Parameter.ofChat,
    body: Body(
      schema: .named("CompletionRequest"),
      examples: [
        Example(
          name: "whole", summary: "Whole answer",
          json: #"{"model":"Qwen/Qwen3-0.6B","prompt":"Sealed envelopes are","max_tokens":64}"#),
        Example(
          name: "stream", summary: "Stream",
          json: #"{"model":"Qwen/Qwen3-0.6B","prompt":"Sealed envelopes are","max_tokens":64,"stream":true}"#),
      ]),
    answers: [
      .json(
        .named("Completion"),
        example: #"{"id":"cmpl-1","object":"text_completion","created":1700000000,"model":"Qwen/Qwen3-0.6B","#
          + #""choices":[{"text":" private.","index":0,"logprobs":null,"finish_reason":"stop"}],"#
          + #""usage":{"prompt_tokens":4,"completion_tokens":2,"total_tokens":6}}"#),
      .events("`text_completion` events, then `[DONE]`."),
    ],
    faults: Fault.ofChat)

  private static let responses = Endpoint(
    method: .post, path: "/v1/responses", identifier: "createResponse", section: .openAI,
    summary: "Response",
    description:
      "OpenAI's Responses, for Codex and agents. Nothing is kept between requests: send the whole conversation each time.",
    parameters: Parameter.ofChat,
    body: Body(
      schema: .named("ResponsesRequest"),
      examples: [
        Example(
          name: "whole", summary: "Whole answer",
          json:
            #"{"model":"Qwen/Qwen3-0.6B","instructions":"Answer in one sentence.","input":"What is a sealed envelope?"}"#
        ),
        Example(
          name: "stream", summary: "Stream",
          json: #"{"model":"Qwen/Qwen3-0.6B","input":"What is a sealed envelope?","stream":true}"#),
      ]),
    answers: [
      .json(
        .named("Response"),
        example: #"{"id":"resp_1","object":"response","created_at":1700000000,"status":"completed","#
          + #""model":"Qwen/Qwen3-0.6B","output":[{"type":"message","id":"msg_1","role":"assistant","#
          + #""status":"completed","content":[{"type":"output_text","text":"A closed one.","annotations":[]}]}]}"#
      ),
      .events("`response.created` to `response.completed`, each named and numbered."),
    ],
    faults: Fault.ofChat)

  private static let models = Endpoint(
    method: .get, path: "/v1/models", identifier: "listModels", section: .openAI, summary: "List models",
    description:
      "The models that the router offers, and the aliases of the configuration. With an `anthropic-version` header the list "
      + "and its errors have Anthropic's form.",
    parameters: [.anthropicVersion] + Parameter.ofPages,
    answers: [
      .json(
        .any(of: [.named("ModelList"), .named("AnthropicModelList")]),
        example: #"{"object":"list","data":[\#(ModelExamples.model)]}"#)
    ],
    errors: .openAIOrAnthropic, faults: Fault.ofEvery + Fault.ofTheRouter)

  private static let model = Endpoint(
    method: .get, path: "/v1/models/{model}", identifier: "getModel", section: .openAI,
    summary: "One model",
    description: "A model of the list, or 404.", parameters: [.model, .anthropicVersion],
    answers: [
      .json(.any(of: [.named("Model"), .named("AnthropicModel")]), example: ModelExamples.model)
    ],
    errors: .openAIOrAnthropic, faults: Fault.ofEvery + Fault.ofTheRouter)

  private static let embeddings = Endpoint(
    method: .post, path: "/v1/embeddings", identifier: "createEmbeddings", section: .openAI,
    summary: "Embeddings",
    description:
      "The sealed protocol has no embeddings. With `embeddings.url` they are made by an embedder on this machine; without "
      + "it the answer is 501. They never go to the router.",
    body: Body(
      schema: .named("EmbeddingsRequest"),
      examples: [
        Example(
          name: "texts", summary: "Two texts",
          json: #"{"model":"nomic-embed-text","input":["A text to embed","Another text"]}"#)
      ]),
    answers: [
      .json(
        .named("Embeddings"),
        example: #"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.0023,-0.0012]}],"#
          + #""model":"nomic-embed-text","usage":{"prompt_tokens":4,"total_tokens":4}}"#)
    ],
    faults: Fault.ofChat + Fault.ofTheMissing)
}
