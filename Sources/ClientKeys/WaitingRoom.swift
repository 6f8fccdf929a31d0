/// Tasks that wait for an answer, each with a number of its own.
///
/// An answer may come before its task has suspended. Kept under a lock; what is returned is resumed outside of it.
struct WaitingRoom<Answer: Sendable>: Sendable {
  private enum Seat: Sendable {
    case reserved
    case taken(CheckedContinuation<Answer, Never>)
    case answered(Answer)
  }

  private var seats: [Int: Seat] = [:]
  private var lastNumber = 0

  /// How many have not got their answer yet.
  var count: Int { seats.count }

  /// Reserves a seat.
  mutating func enter() -> Int {
    lastNumber += 1
    seats[lastNumber] = .reserved
    return lastNumber
  }

  /// The task suspends, unless its answer is there already, which is returned.
  mutating func sit(_ number: Int, _ continuation: CheckedContinuation<Answer, Never>) -> Answer? {
    if case .answered(let answer)? = seats[number] {
      seats[number] = nil
      return answer
    }
    seats[number] = .taken(continuation)
    return nil
  }

  /// Takes an answer that came before the task suspended.
  mutating func take(_ number: Int) -> Answer? {
    guard case .answered(let answer)? = seats[number] else { return nil }
    seats[number] = nil
    return answer
  }

  /// Gives an answer; the first one counts.
  ///
  /// - Returns: What resumes the task, when it has suspended.
  mutating func answer(_ number: Int, _ answer: Answer) -> (@Sendable () -> Void)? {
    switch seats[number] {
    case .reserved:
      seats[number] = .answered(answer)
      return nil
    case .taken(let continuation):
      seats[number] = nil
      return { continuation.resume(returning: answer) }
    case .answered, nil:
      return nil
    }
  }

  /// Gives everybody the same answer.
  ///
  /// - Returns: What resumes those who have suspended.
  mutating func answerAll(_ answer: Answer) -> [@Sendable () -> Void] {
    // In the order of arrival.
    seats.keys.sorted().compactMap { self.answer($0, answer) }
  }
}
