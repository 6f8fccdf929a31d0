/// What OpenAI's Responses read and write.
enum ResponsesSchemas {
  /// A body of `POST /v1/responses`.
  static let request = Schema.object(
    "A Responses request. This server keeps nothing between requests: `previous_response_id`, `conversation` and "
      + "`background` are refused.",
    [
      .model,
      .required(
        "input",
        .any(
          of: [.string(), .list(of: .named("ResponseInputItem"), atLeast: 1)], "A text, or the conversation.")
      ),
      .nullable("instructions", .string("Becomes the system message.")),
      .nullable("stream", .bool("Whether the answer comes as events.")),
      .nullable("tools", .list(of: .object("", [.required("type", .string("`function` or `custom`."))]))),
      .nullable("tool_choice", .any(of: [.string(), .object()])),
      .nullable("parallel_tool_calls", .bool()),
      .nullable(
        "text",
        .object(
          "",
          [
            .nullable(
              "format",
              .object("", [.required("type", .oneOf(["text", "json_object", "json_schema"]))]))
          ])),
      .nullable("max_output_tokens", .integer("The most tokens to generate.", from: 1)),
      .nullable("temperature", .number("How freely to choose words.", in: 0...2)),
      .nullable("top_p", .number("The share of likelihood to choose from.", in: 0...1)),
      .nullable("top_logprobs", .integer("How many likely tokens to tell.", in: 0...20)),
      .nullable("include", .list(of: .string(), "`message.output_text.logprobs` is heeded.")),
      .nullable("reasoning", .object("Is repeated in the answer; models think as they do.")),
      .nullable("store", .any("Nothing is stored, whatever this says.")),
      .nullable("user", .string("Goes to the router unless `privacy.strip_identifiers` is `all`.")),
      .securityTier,
    ])

  /// One item of the conversation.
  static let inputItem = Schema.object(
    "A message (`role` and `content`), a `function_call`, a `function_call_output`, a `custom_tool_call` or its output, "
      + "a `reasoning` item.",
    [
      .nullable("type", .string("`message` where it is missing and there is a `role`.")),
      .nullable("role", .string("`user`, `assistant`, `system` or `developer`.")),
      .nullable(
        "content",
        .any(
          of: [
            .string(),
            .list(
              of: .object(
                "", [.required("type", .string("`input_text`, `output_text` or `input_image`."))])),
          ])),
      .nullable("call_id", .string("Which call an output answers.")),
      .nullable("name", .string("The function of a call.")),
      .nullable("arguments", .string("The arguments of a call, JSON in a string.")),
      .nullable("output", .any(of: [.string(), .list(of: .object())], "What a call gave.")),
    ])

  /// A whole answer.
  static let answer = Schema.object(
    "A response.",
    [
      .required("id", .string()),
      .required("object", .exactly("response")),
      .required("created_at", .number("Seconds since 1970.")),
      .required("status", .string("`completed`, `incomplete` or `failed`.")),
      .required("model", .string()),
      .required(
        "output",
        .list(
          of: .object(
            "A `message`, `reasoning`, `function_call` or `custom_tool_call`.",
            [
              .required("type", .string())
            ]))),
      .optional("usage", .object().orNull),
      .optional("error", .object().orNull),
      .optional("incomplete_details", .object().orNull),
    ])
}
