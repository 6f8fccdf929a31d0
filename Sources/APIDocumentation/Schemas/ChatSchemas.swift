/// What chat completions read and write.
enum ChatSchemas {
  /// A body of `POST /v1/chat/completions`.
  static let request = Schema.object(
    "A chat completion request. Members that are not listed are passed on to the router as they are.",
    [.model] + members)

  /// The same for a chatbot, which has a model.
  static let chatbotRequest = Schema.object(
    "A chat completion request to a chatbot. What it says goes before what the chatbot's configuration says, except for the "
      + "model.",
    [.optional("model", .any("Makes no difference: the chatbot has its model."))] + members)

  private static let members: [Property] =
    [
      .required("messages", .list(of: .named("ChatMessage"), "The conversation so far.", atLeast: 1)),
      .nullable("stream", .bool("Whether the answer comes in pieces, as server-sent events.")),
      .nullable(
        "stream_options",
        .object("", [.nullable("include_usage", .bool("Whether a stream ends with a usage event."))])),
      .nullable("n", .integer("How many answers to give.", in: 1...128)),
      .nullable("max_tokens", .tokenLimit),
      .nullable("max_completion_tokens", .tokenLimit),
      .nullable("temperature", .number("How freely to choose words.", in: 0...2)),
      .nullable("top_p", .number("The share of likelihood to choose from.", in: 0...1)),
      .nullable("stop", .stop("Texts that end the answer.")),
      .nullable("presence_penalty", .number("Against words that are there already.", in: -2...2)),
      .nullable("frequency_penalty", .number("Against words that are there often.", in: -2...2)),
      .nullable("seed", .number("Makes sampling repeatable as far as the model can.")),
      .nullable("logit_bias", .object("Token numbers and what to add to their likelihood.")),
      .nullable("logprobs", .bool("Whether to tell the likelihood of tokens.")),
      .nullable("top_logprobs", .integer("How many alternatives to tell for each token.", from: 0)),
      .nullable("tools", .list(of: .named("ChatTool"), "The functions that the model may call.")),
      .nullable(
        "tool_choice",
        .any(of: [.oneOf(["none", "auto", "required", "any"]), .object()], "Or the function to call.")),
      .nullable("parallel_tool_calls", .bool("Whether several tools may be called at once.")),
      .nullable(
        "response_format",
        .object(
          "The form of the answer.",
          [
            .required("type", .oneOf(["text", "json_object", "json_schema", "structural_tag"])),
            .optional("json_schema", .object("The schema, under `schema`; its bytes are kept.")),
          ])),
      .nullable("user", .string("Goes to the router unless `privacy.strip_identifiers` is `all`.")),
      .securityTier,
    ]

  /// One message of a conversation.
  static let message = Schema.object(
    "One message.",
    [
      .required(
        "role", .oneOf(["system", "developer", "user", "assistant", "tool", "function"], "Who speaks.")),
      .nullable(
        "content",
        .any(of: [.string(), .list(of: .named("ChatContentPart"))], "What is said: a text, or parts.")),
      .nullable("name", .string("Tells speakers of one role apart.")),
      .nullable("tool_calls", .list(of: .named("ChatToolCall"), "The calls that the assistant made.")),
      .nullable("tool_call_id", .string("Which call a `tool` message answers; it must be one before it.")),
      .nullable("reasoning_content", .string("What the assistant thought, from a former answer.")),
    ])

  /// A part of a message.
  static let contentPart = Schema.object(
    "A part of a message: text, or an image as a `data:` URL. Remote images are refused unless "
      + "`compat.remote_images` is `pass`, because the router's host would fetch them in the clear.",
    [
      .required(
        "type",
        .oneOf([
          "text", "image_url", "input_text", "output_text", "refusal", "thinking", "redacted_thinking",
          "reasoning",
        ])),
      .nullable("text", .string("What is said, in a part that is text.")),
      .optional(
        "image_url",
        .any(
          of: [
            .object("", [.required("url", .string("A `data:` URL.")), .nullable("detail", .string())]),
            .string(),
          ])),
    ])

  /// A function that may be called.
  static let tool = Schema.object(
    "A function that the model may call.",
    [
      .nullable("type", .string("`function`, `custom`, or a tool of another cloud's, which is left out.")),
      .nullable(
        "function",
        .object(
          "",
          [
            .required("name", .string()),
            .nullable("description", .string()),
            .nullable("parameters", .object("A JSON Schema; its bytes are kept.")),
            .nullable("strict", .bool()),
          ])),
    ])

  /// A call of a function.
  static let toolCall = Schema.object(
    "A call of a function.",
    [
      .required("id", .string()),
      .nullable("type", .oneOf(["function", "custom"])),
      .optional(
        "function",
        .object("", [.required("name", .string()), .optional("arguments", .any("JSON in a string."))])),
    ])

  /// A whole answer.
  static let answer = Schema.object(
    "A chat completion, byte for byte as the router sealed it but for `_metadata` and an alias's name.",
    [
      .required("id", .any("A string, of the router or else of the daemon.")),
      .required("object", .any("`chat.completion`.")),
      .required("created", .any("Seconds since 1970.")),
      .required("model", .any("The model as it was asked for, where that was an alias.")),
      .required(
        "choices",
        .list(
          of: .object(
            "",
            [
              .optional("index", .integer()),
              .required(
                "message",
                .object(
                  "",
                  [
                    .optional("role", .string()),
                    .optional("content", .string("The answer's text; null beside tool calls.").orNull),
                    .optional("reasoning_content", .string("What the model thought.").orNull),
                    .optional("refusal", .string().orNull),
                    .optional("tool_calls", .list(of: .named("ChatToolCall")).orNull),
                  ])),
              .optional("finish_reason", .string("`stop`, `length`, `tool_calls`, …").orNull),
            ]), atLeast: 1)),
      .optional("usage", .named("Usage").orNull),
    ])

  /// Token counts.
  static let usage = Schema.object(
    "How many tokens an exchange took.",
    [
      .optional("prompt_tokens", .integer()),
      .optional("completion_tokens", .integer()),
      .optional("total_tokens", .integer()),
    ])
}
