/// What the old completions and embeddings read and write.
enum CompletionSchemas {
  /// A body of `POST /v1/completions`.
  static let request = Schema.object(
    "A completion request. It is put to the model as a chat.",
    [
      .model,
      .required(
        "prompt",
        .any(
          of: [.string(), .list(of: .string(), atLeast: 1, atMost: 128)], "One text to continue, or several.")
      ),
      .nullable("suffix", .string("What comes after the text that is wanted.")),
      .nullable("stream", .bool("Whether the answer comes in pieces, as server-sent events.")),
      .nullable(
        "stream_options",
        .object("", [.nullable("include_usage", .bool("Whether a stream ends with a usage event."))])),
      .nullable("echo", .bool("Whether the prompt stands before its completion.")),
      .nullable("n", .integer("How many completions of each prompt to give.", in: 1...128)),
      .nullable("best_of", .integer("Of how many to pick the best; not less than `n`.", in: 1...128)),
      .nullable(
        "logprobs", .integer("How many likely tokens to tell; not with `echo` or `suffix`.", in: 0...20)),
      .nullable("max_tokens", .tokenLimit),
      .nullable("temperature", .number("How freely to choose words.", in: 0...2)),
      .nullable("top_p", .number("The share of likelihood to choose from.", in: 0...1)),
      .nullable("stop", .stop("Texts that end a completion.")),
      .nullable("presence_penalty", .number("Against words that are there already.", in: -2...2)),
      .nullable("frequency_penalty", .number("Against words that are there often.", in: -2...2)),
      .nullable("seed", .number()),
      .nullable("user", .string()),
      .securityTier,
    ])

  /// A whole answer.
  static let answer = Schema.object(
    "A completion.",
    [
      .required("id", .string()),
      .required("object", .exactly("text_completion")),
      .required("created", .integer("Seconds since 1970.")),
      .required("model", .string()),
      .required(
        "choices",
        .list(
          of: .object(
            "",
            [
              .required("text", .string()),
              .required("index", .integer()),
              .optional("logprobs", .object().orNull),
              .required("finish_reason", .string().orNull),
            ]))),
      .optional("usage", .named("Usage").orNull),
    ])

  /// A body of `POST /v1/embeddings`.
  static let embeddingsRequest = Schema.object(
    "A request for embeddings, which goes to the local embedder as it is.",
    [
      .model,
      .required(
        "input",
        .any(
          of: [
            .string(), .list(of: .string(), atLeast: 1), .list(of: .integer("", from: 0), atLeast: 1),
            .list(of: .list(of: .integer("", from: 0), atLeast: 1), atLeast: 1),
          ], "One text, several, or tokens.")),
      .nullable("encoding_format", .oneOf(["float", "base64"])),
      .nullable("dimensions", .integer("", in: 1...65_536)),
      .nullable("user", .string()),
    ])

  /// Vectors.
  static let embeddings = Schema.object(
    "The vectors, as the local embedder gave them.",
    [
      .optional("object", .string("`list`.")),
      .required(
        "data",
        .list(
          of: .object(
            "",
            [
              .optional("object", .string("`embedding`.")),
              .optional("index", .integer()),
              .required("embedding", .any(of: [.list(of: .number()), .string("In base64.")])),
            ]))),
      .optional("model", .string()),
      .optional("usage", .object().orNull),
    ])
}
