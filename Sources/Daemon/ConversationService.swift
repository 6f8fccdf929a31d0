import Relay
import ServiceLifecycle

/// Forgets conversations with chatbots in time, also when nobody calls.
struct ConversationService: Service {
  let responder: ProxyResponder

  private static let interval = Duration.seconds(60)

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        try? await Task.sleep(for: Self.interval)
        responder.forgetIdleConversations()
      }
    }
  }
}
