/// What the model lists and the service's own routes write.
enum ModelSchemas {
  /// A model as OpenAI's SDKs read it.
  static let model = Schema.object(
    "A model.",
    [
      .required("id", .string("The name to ask for.")),
      .required("object", .exactly("model")),
      .required("created", .integer("Seconds since 1970, 0 where the router does not say.")),
      .required("owned_by", .string()),
      .optional("permission", .list(of: .object())),
      .optional("root", .string("The router's name for it; differs from `id` for an alias.")),
      .optional("parent", .string().orNull),
    ])

  /// OpenAI's list.
  static let list = Schema.object(
    "The models that can be asked for.",
    [.required("object", .exactly("list")), .required("data", .list(of: .named("Model")))])

  /// A model as Anthropic's SDKs read it.
  static let anthropicModel = Schema.object(
    "A model in Anthropic's form.",
    [
      .required("type", .exactly("model")),
      .required("id", .string()),
      .required("display_name", .string()),
      .required("created_at", .string("RFC 3339.")),
    ])

  /// Anthropic's list.
  static let anthropicList = Schema.object(
    "The models in Anthropic's form.",
    [
      .required("data", .list(of: .named("AnthropicModel"))),
      .required("has_more", .bool()),
      .optional("first_id", .string().orNull),
      .optional("last_id", .string().orNull),
    ])

  /// What `/readyz` says.
  static let readiness = Schema.object(
    "Whether the daemon can seal and open right now.",
    [
      .required("status", .oneOf(["ready", "waiting"])),
      .optional("waiting_for", .list(of: .string(), "What is missing.")),
      .optional("reason", .string("What is wrong with the router's key.")),
    ])

  /// What `/healthz` says.
  static let health = Schema.object("That the daemon is alive.", [.required("status", .exactly("alive"))])
}
