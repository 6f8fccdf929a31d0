/// Waiting for a task in a way that a test's time limit ends: who is cancelled while waiting cancels the task too.
extension Task where Failure == Never {
  func joined() async -> Success {
    await withTaskCancellationHandler {
      await value
    } onCancel: {
      cancel()
    }
  }
}

extension Task where Failure == any Error {
  func joined() async throws -> Success {
    try await withTaskCancellationHandler {
      try await value
    } onCancel: {
      cancel()
    }
  }
}
