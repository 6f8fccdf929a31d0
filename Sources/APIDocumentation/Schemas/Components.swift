/// The schemas that the document names, in its order.
enum Components {
  static let schemas: [(name: String, schema: Schema)] =
    [
      ("ChatRequest", ChatSchemas.request), ("ChatbotRequest", ChatSchemas.chatbotRequest),
      ("ChatMessage", ChatSchemas.message),
      ("ChatContentPart", ChatSchemas.contentPart), ("ChatTool", ChatSchemas.tool),
      ("ChatToolCall", ChatSchemas.toolCall), ("ChatCompletion", ChatSchemas.answer),
      ("Usage", ChatSchemas.usage),
      ("CompletionRequest", CompletionSchemas.request), ("Completion", CompletionSchemas.answer),
      ("EmbeddingsRequest", CompletionSchemas.embeddingsRequest),
      ("Embeddings", CompletionSchemas.embeddings),
      ("ResponsesRequest", ResponsesSchemas.request), ("ResponseInputItem", ResponsesSchemas.inputItem),
      ("Response", ResponsesSchemas.answer),
      ("MessagesRequest", MessagesSchemas.request), ("AnthropicMessage", MessagesSchemas.message),
      ("AnthropicBlock", MessagesSchemas.block), ("Message", MessagesSchemas.answer),
      ("CountTokensRequest", MessagesSchemas.countRequest), ("TokenCount", MessagesSchemas.count),
      ("OllamaChatRequest", OllamaSchemas.chatRequest), ("OllamaMessage", OllamaSchemas.message),
      ("OllamaChat", OllamaSchemas.chat), ("OllamaGenerateRequest", OllamaSchemas.generateRequest),
      ("OllamaGenerate", OllamaSchemas.generate), ("OllamaShowRequest", OllamaSchemas.showRequest),
      ("OllamaShow", OllamaSchemas.show), ("OllamaTags", OllamaSchemas.tags),
      ("OllamaEmbedRequest", OllamaSchemas.embedRequest), ("OllamaEmbed", OllamaSchemas.embed),
      ("OllamaEmbeddingsRequest", OllamaSchemas.embeddingsRequest),
      ("OllamaEmbeddings", OllamaSchemas.embeddings),
      ("ChatbotList", EnclavaSchemas.list), ("ChatbotMessage", EnclavaSchemas.chatRequest),
      ("ChatbotAnswer", EnclavaSchemas.chat),
      ("Model", ModelSchemas.model), ("ModelList", ModelSchemas.list),
      ("AnthropicModel", ModelSchemas.anthropicModel), ("AnthropicModelList", ModelSchemas.anthropicList),
      ("Readiness", ModelSchemas.readiness), ("Health", ModelSchemas.health),
    ] + ErrorShape.allCases.map { ($0.schemaName, $0.schema) }
}
