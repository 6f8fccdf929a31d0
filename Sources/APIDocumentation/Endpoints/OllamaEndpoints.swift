/// Ollama's routes.
enum OllamaEndpoints {
  static let all = [chat, generate, show, embed, embeddings, tags, running, version, pull, root]

  private static let lines = Answer.lines("One JSON object a line; the last has `\"done\":true`.")

  private static let chat = Endpoint(
    method: .post, path: "/api/chat", identifier: "ollamaChat", section: .ollama, summary: "Chat",
    description: "A chat as Ollama has it. The answer comes in lines unless `stream` is `false`.",
    parameters: Parameter.ofChat,
    body: Body(
      schema: .named("OllamaChatRequest"),
      examples: [
        Example(
          name: "stream", summary: "Stream",
          json: #"{"model":"Qwen/Qwen3-0.6B","messages":[{"role":"user","content":"Why is the sky blue?"}]}"#),
        Example(
          name: "whole", summary: "Whole answer",
          json: #"{"model":"Qwen/Qwen3-0.6B","messages":[{"role":"user","content":"Why is the sky blue?"}],"#
            + #""stream":false,"options":{"temperature":0.2}}"#),
      ]),
    answers: [
      .json(
        .named("OllamaChat"),
        example: #"{"model":"Qwen/Qwen3-0.6B","created_at":"2026-01-15T10:30:00Z","#
          + #""message":{"role":"assistant","content":"Air scatters blue light most."},"done":true,"#
          + #""done_reason":"stop","total_duration":1500000000,"prompt_eval_count":8,"eval_count":7}"#),
      lines,
    ],
    errors: .ollama, faults: Fault.ofChat)

  private static let generate = Endpoint(
    method: .post, path: "/api/generate", identifier: "ollamaGenerate", section: .ollama,
    summary: "Generate",
    description: "One prompt as Ollama has it. The answer comes in lines unless `stream` is `false`.",
    parameters: Parameter.ofChat,
    body: Body(
      schema: .named("OllamaGenerateRequest"),
      examples: [
        Example(
          name: "stream", summary: "Stream",
          json: #"{"model":"Qwen/Qwen3-0.6B","prompt":"Why is the sky blue?"}"#),
        Example(
          name: "whole", summary: "Whole answer",
          json: #"{"model":"Qwen/Qwen3-0.6B","prompt":"Why is the sky blue?","stream":false}"#),
      ]),
    answers: [
      .json(
        .named("OllamaGenerate"),
        example: #"{"model":"Qwen/Qwen3-0.6B","created_at":"2026-01-15T10:30:00Z","#
          + #""response":"Air scatters blue light most.","done":true,"done_reason":"stop"}"#),
      lines,
    ],
    errors: .ollama, faults: Fault.ofChat)

  private static let show = Endpoint(
    method: .post, path: "/api/show", identifier: "ollamaShow", section: .ollama, summary: "Show a model",
    description: "What tools ask before they use a model.",
    body: Body(
      schema: .named("OllamaShowRequest"),
      examples: [Example(name: "model", summary: "A model", json: #"{"model":"Qwen/Qwen3-0.6B"}"#)]),
    answers: [.json(.named("OllamaShow"))], errors: .ollama, faults: Fault.ofChat)

  private static let embed = Endpoint(
    method: .post, path: "/api/embed", identifier: "ollamaEmbed", section: .ollama, summary: "Embed texts",
    description:
      "By an embedder on this machine if `embeddings.url` names one, else 501. Never by the router.",
    body: Body(
      schema: .named("OllamaEmbedRequest"),
      examples: [
        Example(
          name: "texts", summary: "Two texts",
          json: #"{"model":"nomic-embed-text","input":["A text to embed","Another text"]}"#)
      ]),
    answers: [
      .json(.named("OllamaEmbed"), example: #"{"model":"nomic-embed-text","embeddings":[[0.0023,-0.0012]]}"#)
    ],
    errors: .ollama, faults: Fault.ofChat + Fault.ofTheMissing)

  private static let embeddings = Endpoint(
    method: .post, path: "/api/embeddings", identifier: "ollamaEmbeddings", section: .ollama,
    summary: "Embed one text",
    description: "The older form of `/api/embed`.",
    body: Body(
      schema: .named("OllamaEmbeddingsRequest"),
      examples: [
        Example(
          name: "text", summary: "One text",
          json: #"{"model":"nomic-embed-text","prompt":"A text to embed"}"#)
      ]),
    answers: [.json(.named("OllamaEmbeddings"), example: #"{"embedding":[0.0023,-0.0012]}"#)],
    errors: .ollama, faults: Fault.ofChat + Fault.ofTheMissing)

  private static let tags = Endpoint(
    method: .get, path: "/api/tags", identifier: "ollamaTags", section: .ollama, summary: "List models",
    description: "The models of `GET /v1/models` in Ollama's form.",
    answers: [.json(.named("OllamaTags"))], errors: .ollama, faults: Fault.ofEvery + Fault.ofTheRouter)

  private static let running = Endpoint(
    method: .get, path: "/api/ps", identifier: "ollamaRunning", section: .ollama,
    summary: "Running models",
    description: "Ollama's list of loaded models: always empty, because only the router knows.",
    answers: [.json(.object("", [.required("models", .list(of: .object()))]))],
    errors: .ollama, faults: Fault.ofEvery + Fault.ofTheRouter)

  private static let version = Endpoint(
    method: .get, path: "/api/version", identifier: "ollamaVersion", section: .ollama, summary: "Version",
    description: "A version of Ollama whose routes are answered here; some tools refuse older ones.",
    answers: [
      .json(.object("", [.required("version", .string())]), example: #"{"version":"0.14.0"}"#)
    ],
    errors: .ollama)

  private static let pull = Endpoint(
    method: .post, path: "/api/pull", identifier: "ollamaPull", section: .ollama, summary: "Pull a model",
    description:
      "Always 501: models live at the router and cannot be changed from here. `/api/push`, `/api/create`, `/api/copy`, "
      + "`/api/delete` and `/api/blobs/{digest}` answer alike, to any of `GET`, `POST`, `PUT` and `DELETE`.",
    body: Body(
      schema: .object("Whatever it holds is not read.", [.optional("model", .string())]),
      examples: [Example(name: "model", summary: "A model", json: #"{"model":"Qwen/Qwen3-0.6B"}"#)]),
    answers: [], errors: .ollama, faults: Fault.ofEvery + Fault.ofBodies + Fault.ofTheMissing)

  private static let root = Endpoint(
    method: .get, path: "/", identifier: "ollamaRoot", section: .ollama, summary: "Sign of life",
    description: "The text by which tools find Ollama.",
    answers: [
      Answer(mediaType: "text/plain", schema: .string(), example: .string("Ollama is running"))
    ],
    errors: .ollama)
}
