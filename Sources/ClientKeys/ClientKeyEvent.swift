/// What happened to the client keys, for logs.
public enum ClientKeyEvent: Sendable {
  /// A generation took its place; the next exchange announces it.
  case current(KeyGeneration)
  /// A generation is announced no more; exchanges in flight may still hold it.
  case retired(number: Int, reason: RetirementReason, uses: Int)
  /// A pair could not be made or not be stored.
  case failed(description: String, retryIn: Duration)
}
