/// Enclava's chatbots.
enum EnclavaEndpoints {
  static let all = [list, chat, completions, models]

  private static let list = Endpoint(
    method: .get, path: "/api/v1/chatbot/list", identifier: "listChatbots", section: .enclava,
    summary: "List chatbots", description: "The chatbots under `chatbots` in the configuration.",
    answers: [
      .json(
        .named("ChatbotList"),
        example: #"{"chatbots":[{"id":"support","name":"Support Assistant","type":"customer_support","#
          + #""model":"Qwen/Qwen3-0.6B","description":"Answers questions","created_at":"2026-01-15T10:00:00Z"}]}"#
      )
    ])

  private static let chat = Endpoint(
    method: .post, path: "/api/v1/chatbot/external/{chatbot_id}/chat", identifier: "chatWithChatbot",
    section: .enclava, summary: "Say something to a chatbot",
    description:
      "One message and one answer. The conversation is kept in memory on this machine, bounded, and known only to the "
      + "caller who began it: somebody else's `conversation_id` is a 404.",
    parameters: [.chatbot] + Parameter.ofChat,
    body: Body(
      schema: .named("ChatbotMessage"),
      examples: [
        Example(
          name: "message", summary: "A first message",
          json: #"{"message":"Hello, I need help with my account"}"#)
      ]),
    answers: [
      .json(
        .named("ChatbotAnswer"),
        example: #"{"conversation_id":"0b54a9c1f2","response":"Hello! What can I do for you?","#
          + #""timestamp":"2026-01-15T10:30:00Z"}"#)
    ],
    faults: Fault.ofChat)

  private static let completions = Endpoint(
    method: .post, path: "/api/v1/chatbot/external/{chatbot_id}/chat/completions",
    identifier: "createChatbotCompletion", section: .enclava, summary: "Chat completion by a chatbot",
    description:
      "As `POST /v1/chat/completions`, with the chatbot's system prompt before the conversation and its model whatever `model` "
      + "says. An OpenAI SDK takes `/api/v1/chatbot/external/{chatbot_id}` as its base URL.",
    parameters: [.chatbot] + Parameter.ofChat,
    body: Body(
      schema: .named("ChatbotRequest"),
      examples: [
        Example(
          name: "whole", summary: "Whole answer",
          json: #"{"model":"any","messages":[{"role":"user","content":"I need technical support"}]}"#),
        Example(
          name: "stream", summary: "Stream",
          json:
            #"{"model":"any","messages":[{"role":"user","content":"I need technical support"}],"stream":true}"#
        ),
      ]),
    answers: [
      .json(.named("ChatCompletion"), example: ChatExamples.answer),
      .events("`chat.completion.chunk` events, then `[DONE]`.", example: ChatExamples.events),
    ],
    faults: Fault.ofChat)

  private static let models = Endpoint(
    method: .get, path: "/api/v1/chatbot/external/{chatbot_id}/models", identifier: "listChatbotModels",
    section: .enclava, summary: "A chatbot's model", description: "A list with the one model of the chatbot.",
    parameters: [.chatbot], answers: [.json(.named("ModelList"))],
    faults: Fault.ofEvery + Fault.ofTheRouter)
}
