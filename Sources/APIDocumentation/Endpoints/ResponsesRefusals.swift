/// What tools try of OpenAI's Responses that is refused here with the reason.
enum ResponsesRefusals {
  static let all = [socket, stored, forget]

  private static let socket = Endpoint(
    method: .get, path: "/v1/responses", identifier: "openResponsesSocket", section: .openAI,
    summary: "Responses over a WebSocket",
    description:
      "Not offered. With an `Upgrade` header, as Codex sends it first, the answer is 426, and Codex goes on over HTTP; "
      + "without one it is 405. Use `POST /v1/responses`.",
    answers: [], faults: Fault.ofEvery + Fault.ofUpgrades)

  private static let stored = Endpoint(
    method: .get, path: "/v1/responses/{response_id}", identifier: "getResponse", section: .openAI,
    summary: "Stored response",
    description: reason + " The same goes for what OpenAI has below this path, such as `input_items`.",
    parameters: [.response], answers: [])

  private static let forget = Endpoint(
    method: .delete, path: "/v1/responses/{response_id}", identifier: "deleteResponse", section: .openAI,
    summary: "Delete a stored response", description: reason, parameters: [.response], answers: [])

  private static let reason =
    "Always 404: responses are not stored here, so there is none to look up or to delete. Send the whole conversation "
    + "as `input` instead."
}
