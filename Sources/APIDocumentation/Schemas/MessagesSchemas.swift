/// What Anthropic's Messages read and write.
enum MessagesSchemas {
  /// A body of `POST /v1/messages`.
  static let request = Schema.object(
    "A Messages request.",
    [
      .model,
      .required("max_tokens", .integer("The most tokens to generate.", in: 1...Int(Int32.max))),
      .required("messages", .list(of: .named("AnthropicMessage"), "The conversation so far.", atLeast: 1)),
    ] + shared + [
      .nullable("stream", .bool("Whether the answer comes as events.")),
      .nullable("temperature", .number("How freely to choose words.", in: 0...1)),
      .nullable("top_p", .number("The share of likelihood to choose from.", in: 0...1)),
      .nullable("top_k", .integer("Samples from the most likely tokens only.", in: 0...Int(Int32.max))),
      .nullable(
        "stop_sequences",
        .list(of: .string("", bytes: 1...10_485_760), "Texts that end the answer.", atMost: 4)),
      .nullable("metadata", .any("Identifies an account; never leaves this machine.")),
      .securityTier,
    ])

  /// A body of `POST /v1/messages/count_tokens`.
  static let countRequest = Schema.object(
    "What would be asked.",
    [
      .model,
      .required("messages", .list(of: .named("AnthropicMessage"), "The conversation so far.", atLeast: 1)),
    ] + shared)

  private static let shared: [Property] = [
    .nullable(
      "system",
      .any(of: [.string(), .list(of: .named("AnthropicBlock"))], "What the model is told before all else.")),
    .nullable(
      "tools",
      .list(
        of: .object(
          "",
          [
            .required("name", .string()),
            .nullable("description", .string()),
            .nullable("input_schema", .object("A JSON Schema; its bytes are kept.")),
          ]), "The tools that the model may use.")),
    .nullable(
      "tool_choice",
      .object("", [.required("type", .string("`auto`, `any`, `tool` or `none`."))])),
    .nullable(
      "thinking",
      .object(
        "Whether thoughts are shown.",
        [
          .required("type", .oneOf(["enabled", "adaptive", "disabled"])),
          .nullable("display", .string("`omitted` leaves the text of thoughts out.")),
        ])),
  ]

  /// One turn.
  static let message = Schema.object(
    "One turn.",
    [
      .required("role", .oneOf(["user", "assistant", "system"], "Who speaks.")),
      .required("content", .any(of: [.string(), .list(of: .named("AnthropicBlock"))])),
    ])

  /// A part of a turn.
  static let block = Schema.object(
    "A part of a turn: `text`, `image`, `tool_use`, `tool_result` or `thinking`. `cache_control` is accepted.",
    [
      .required("type", .string()),
      .optional("text", .string()),
    ])

  /// A whole answer.
  static let answer = Schema.object(
    "A message.",
    [
      .required("id", .string()),
      .required("type", .exactly("message")),
      .required("role", .exactly("assistant")),
      .required("model", .string()),
      .required("content", .list(of: .object("", [.required("type", .string())]))),
      .required(
        "stop_reason", .string("`end_turn`, `max_tokens`, `stop_sequence`, `tool_use`, `refusal`.").orNull),
      .optional("stop_sequence", .string().orNull),
      .required(
        "usage",
        .object("", [.required("input_tokens", .integer()), .required("output_tokens", .integer())])),
    ])

  /// An estimate of a prompt's length.
  static let count = Schema.object(
    "An estimate: four bytes count as a token, because the model's own tokens are known only there.",
    [
      .required("input_tokens", .integer("", from: 0)),
      .required("estimated", .bool("`true`: no model has counted.")),
    ])
}
