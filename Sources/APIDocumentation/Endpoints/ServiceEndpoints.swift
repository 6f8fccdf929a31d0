/// The daemon's own routes.
enum ServiceEndpoints {
  static let all = [docs, document, alive, ready]

  private static let docs = Endpoint(
    method: .get, path: "/api/v1/docs", identifier: "getDocumentation", section: .service,
    summary: "This page", description: "Made from the OpenAPI document; loads nothing from anywhere else.",
    answers: [Answer(mediaType: "text/html", schema: .string())], isOpen: true)

  private static let document = Endpoint(
    method: .get, path: "/api/v1/openapi.json", identifier: "getOpenAPI", section: .service,
    summary: "OpenAPI document", description: "This document, in OpenAPI 3.1.",
    answers: [
      .json(
        .object(
          "", [.required("openapi", .string()), .required("info", .object()), .required("paths", .object())]))
    ], isOpen: true)

  private static let alive = Endpoint(
    method: .get, path: "/healthz", identifier: "getHealth", section: .service, summary: "Alive",
    description: "Answers as long as the daemon runs.",
    answers: [.json(.named("Health"), example: #"{"status":"alive"}"#)], isOpen: true)

  private static let ready = Endpoint(
    method: .get, path: "/readyz", identifier: "getReadiness", section: .service, summary: "Ready",
    description: "Whether the daemon can seal and open right now; 503 with the reason otherwise.",
    answers: [
      .json(.named("Readiness"), example: #"{"status":"ready"}"#),
      Answer(
        status: 503, mediaType: "application/json",
        schema: .any(of: [.named("Readiness"), .named("OpenAIError")]),
        example: .text(#"{"status":"waiting","waiting_for":["router_key"]}"#)),
    ], isOpen: true)
}
