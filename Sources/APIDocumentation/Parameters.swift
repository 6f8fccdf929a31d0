extension Parameter {
  private static let tiers = ["standard", "high", "maximum"]

  /// Which hardware may see the request.
  static let securityTier = Parameter(
    name: "X-Security-Tier", place: .header,
    description:
      "The security tier to ask the router for. Goes before the body's `security_tier`; without either the configured one counts.",
    schema: .oneOf(tiers))

  /// The caller's own deadline.
  static let timeout = Parameter(
    name: "X-Request-Timeout", place: .header,
    description:
      "A deadline for the whole exchange in seconds, if it is to be shorter than the configured one.",
    schema: .number("", in: 1...86_400))

  /// What every chat takes.
  static let ofChat = [securityTier, timeout]

  /// The dialect's version, which says that Anthropic's form is wanted.
  static let anthropicVersion = Parameter(
    name: "anthropic-version", place: .header,
    description: "Sent by Anthropic's SDKs. Every version is answered alike.", schema: .string(),
    example: "2023-06-01")

  /// Pages of Anthropic's model list.
  static let ofPages = [
    Parameter(
      name: "limit", place: .query, description: "The most models in a list of Anthropic's form.",
      schema: .integer("", in: 1...1000)),
    Parameter(
      name: "after_id", place: .query, description: "The model after which such a list begins.",
      schema: .string()),
    Parameter(
      name: "before_id", place: .query, description: "The model before which such a list ends.",
      schema: .string()),
  ]

  /// Opts into Anthropic's betas.
  static let beta = Parameter(
    name: "beta", place: .query,
    description: "Sent by Claude Code. Makes no difference.", schema: .oneOf(["true", "false"]))

  /// A chatbot of the configuration.
  static let chatbot = Parameter(
    name: "chatbot_id", place: .path, description: "The `id` of a chatbot in the configuration.",
    schema: .string("", bytes: 1...256), example: "support")

  /// An answer of earlier.
  static let response = Parameter(
    name: "response_id", place: .path, description: "The `id` of an answer. None is known here.",
    schema: .string("", bytes: 1...256), example: "resp_1")

  /// A model's name.
  static let model = Parameter(
    name: "model", place: .path,
    description: "The model's name. Slashes in it may be written plainly or as `%2F`.",
    schema: .string("", bytes: 1...256), example: "Qwen/Qwen3-0.6B")
}

extension Property {
  /// What every dialect's body may have.
  static let securityTier = Property.nullable(
    "security_tier",
    .oneOf(
      ["standard", "high", "maximum"],
      "The security tier to ask the router for. Taken out before sealing; the header `X-Security-Tier` goes before it."
    ))

  /// The model to ask.
  static let model = Property.required(
    "model",
    .string("A model of `GET /v1/models`, or an alias of the configuration.", bytes: 1...256))
}
