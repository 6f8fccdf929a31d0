import Pacing

/// What was learned of a router that refuses members which it does not document (`compat.members`), with time as an
/// argument.
///
/// It is learned only from an answer that could be opened: a refusal is plain text, which anybody on the way can write.
/// And it is learned for one API key and one model, because a member may be refused for its value or by one backend.
struct MemberTolerance {
  /// What a lesson is about.
  struct Subject: Hashable {
    let key: KeyID
    /// The router's name for it.
    let model: String
  }

  private enum Lesson {
    /// The members are refused.
    case strict
    /// So many requests were refused without them as well.
    case fruitless(Int)
  }

  /// A router's software changes, and a lesson of yesterday is none.
  static let lifetime = Duration.seconds(3600)
  /// After so many requests that were as wrong without the members, it is not tried again.
  static let patience = 3
  private static let capacity = 256

  private var lessons: [Subject: (lesson: Lesson, until: Duration)] = [:]

  /// Whether the members are left out from the start.
  func isStrict(_ subject: Subject, at now: Duration) -> Bool {
    guard case .strict = lesson(of: subject, at: now) else { return false }
    return true
  }

  /// Whether a refused request is worth another attempt without the members.
  func mayTry(_ subject: Subject, at now: Duration) -> Bool {
    guard case .fruitless(let count) = lesson(of: subject, at: now) else { return true }
    return count < Self.patience
  }

  /// A request that was refused with the members was answered without; true if that was not known.
  mutating func helped(_ subject: Subject, at now: Duration) -> Bool {
    let isNew = !isStrict(subject, at: now)
    learn(.strict, of: subject, at: now)
    return isNew
  }

  /// A request was refused without the members as well.
  mutating func didNotHelp(_ subject: Subject, at now: Duration) {
    switch lesson(of: subject, at: now) {
    case .strict: break
    case .fruitless(let count): learn(.fruitless(count + 1), of: subject, at: now)
    case nil: learn(.fruitless(1), of: subject, at: now)
    }
  }

  private func lesson(of subject: Subject, at now: Duration) -> Lesson? {
    guard let known = lessons[subject], now < known.until else { return nil }
    return known.lesson
  }

  private mutating func learn(_ lesson: Lesson, of subject: Subject, at now: Duration) {
    if lessons.count >= Self.capacity { lessons = lessons.filter { now < $0.value.until } }
    if lessons.count >= Self.capacity { lessons.removeAll() }
    lessons[subject] = (lesson, now + Self.lifetime)
  }
}
