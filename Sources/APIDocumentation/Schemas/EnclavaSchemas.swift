/// What Enclava's chatbots read and write.
enum EnclavaSchemas {
  /// The list of chatbots.
  static let list = Schema.object(
    "The chatbots of the configuration.",
    [
      .required(
        "chatbots",
        .list(
          of: .object(
            "",
            [
              .required("id", .string()),
              .required("name", .string()),
              .required("type", .string()),
              .required("model", .string()),
              .required("description", .string()),
              .required("created_at", .string("RFC 3339.")),
            ])))
    ])

  /// A body of `POST /api/v1/chatbot/external/{chatbot_id}/chat`.
  static let chatRequest = Schema.object(
    "One message to a chatbot. Other members are refused: the chatbot's `/chat/completions` takes more.",
    [
      .required("message", .string("What to say.", bytes: 1...10_485_760)),
      .nullable("conversation_id", .string("Continues a conversation; without it a new one begins.")),
      .nullable("stream", .bool("`false`: the simple chat answers whole.")),
      .optional("model", .any("Makes no difference: the chatbot has its model.")),
      .optional("user", .any("Makes no difference.")),
      .optional("user_id", .any("Makes no difference.")),
      .optional("metadata", .any("Makes no difference.")),
      .securityTier,
    ], isClosed: true)

  /// A chatbot's answer.
  static let chat = Schema.object(
    "The chatbot's answer.",
    [
      .required("conversation_id", .string("Names the conversation for the next message.")),
      .required("response", .string()),
      .required("timestamp", .string("RFC 3339, UTC.")),
    ])
}
