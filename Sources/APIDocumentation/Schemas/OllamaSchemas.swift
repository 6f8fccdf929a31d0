/// What Ollama's routes read and write.
enum OllamaSchemas {
  private static let stream = Property.nullable(
    "stream", .bool("Whether the answer comes in lines. It does unless this says `false`."))
  private static let shared: [Property] = [
    stream,
    .nullable("format", .any(of: [.oneOf(["", "json"]), .object()], "Or a JSON Schema for the answer.")),
    .nullable(
      "options", .object("Sampling: `temperature`, `top_p`, `seed`, `stop`, `num_predict` and others.")),
    .nullable(
      "think",
      .any(of: [.bool(), .oneOf(["low", "medium", "high", "max"])], "Whether to think, or how much.")),
    .nullable("logprobs", .bool("Whether to tell the likelihood of tokens.")),
    .nullable("top_logprobs", .integer("How many alternatives to tell for each token.", in: 0...20)),
    .nullable(
      "keep_alive", .any(of: [.string(), .number()], "Makes no difference: models live at the router.")),
    .securityTier,
  ]

  /// A body of `POST /api/chat`.
  static let chatRequest = Schema.object(
    "A chat. Without messages it is answered at once, as Ollama does when a model is only to be loaded.",
    [
      .model,
      .nullable("messages", .list(of: .named("OllamaMessage"), "The conversation so far.")),
      .nullable("tools", .list(of: .object(), "The functions that the model may call.")),
    ] + shared)

  /// One message.
  static let message = Schema.object(
    "One message.",
    [
      .required("role", .string("`system`, `developer`, `user`, `assistant` or `tool`.")),
      .nullable("content", .string()),
      .nullable("thinking", .string("What the assistant thought.")),
      .nullable("images", .list(of: .string("In base64."))),
      .nullable("tool_calls", .list(of: .object("", [.required("function", .object())]))),
      .nullable("tool_name", .string("Which tool a `tool` message answers for.")),
    ])

  /// A body of `POST /api/generate`.
  static let generateRequest = Schema.object(
    "A prompt. Without one it is answered at once, as Ollama does when a model is only to be loaded.",
    [
      .model,
      .nullable("prompt", .string()),
      .nullable("system", .string("What the model is told before all else.")),
      .nullable("suffix", .string("What comes after the text that is wanted.")),
      .nullable("images", .list(of: .string("In base64."))),
    ] + shared)

  /// A whole answer of `/api/chat`.
  static let chat = Schema.object(
    "The answer; a stream has one such object a line.",
    [
      .required("model", .string()),
      .required("created_at", .string("RFC 3339.")),
      .required("message", .object("", [.required("role", .string()), .required("content", .string())])),
      .required("done", .bool()),
    ] + ending)

  /// A whole answer of `/api/generate`.
  static let generate = Schema.object(
    "The answer; a stream has one such object a line.",
    [
      .required("model", .string()),
      .required("created_at", .string("RFC 3339.")),
      .required("response", .string()),
      .required("done", .bool()),
    ] + ending)

  private static let ending: [Property] = [
    .optional("done_reason", .string("`stop`, `length` or `load`.")),
    .optional("total_duration", .integer("Nanoseconds.")),
    .optional("prompt_eval_count", .integer("Tokens of the prompt.")),
    .optional("eval_count", .integer("Tokens of the answer.")),
  ]

  /// A body of `POST /api/show`.
  static let showRequest = Schema.any(
    of: [
      .object("", [.required("model", .string("The model.", bytes: 1...256))]),
      .object("", [.required("name", .string("The same, as older clients call it.", bytes: 1...256))]),
    ], "The model to tell about.")

  /// What is known of a model.
  static let show = Schema.object(
    "What tools need to know of a model.",
    [
      .required("capabilities", .list(of: .string(), "What the model can be asked for, such as `tools`.")),
      .required("model_info", .object("The architecture and its context length.")),
      .optional("details", .object()),
      .optional("modified_at", .string()),
    ])

  /// The list of models.
  static let tags = Schema.object(
    "The models.",
    [
      .required(
        "models",
        .list(
          of: .object(
            "",
            [
              .required("name", .string()),
              .required("model", .string()),
              .optional("modified_at", .string()),
              .optional("size", .integer()),
              .optional("digest", .string()),
              .optional("details", .object()),
            ])))
    ])

  /// A body of `POST /api/embed`.
  static let embedRequest = Schema.object(
    "Texts to embed.",
    [
      .model,
      .nullable("input", .any(of: [.string(), .list(of: .string())], "One text, several or none.")),
      .nullable("dimensions", .integer("", in: 0...65_536)),
      .nullable("options", .object()),
      .nullable("keep_alive", .any(of: [.string(), .number()])),
    ])

  /// Vectors.
  static let embed = Schema.object(
    "The vectors.",
    [
      .required("model", .string()),
      .required("embeddings", .list(of: .list(of: .number()))),
    ])

  /// A body of `POST /api/embeddings`.
  static let embeddingsRequest = Schema.object(
    "One text to embed, in Ollama's older form.",
    [
      .model,
      .nullable("prompt", .string()),
      .nullable("options", .object()),
      .nullable("keep_alive", .any(of: [.string(), .number()])),
    ])

  /// One vector.
  static let embeddings = Schema.object("The vector.", [.required("embedding", .list(of: .number()))])
}
