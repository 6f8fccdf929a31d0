extension RotationMachine {
  /// When something happened, by both clocks.
  struct Moment: Sendable, Equatable {
    /// Seconds since 1970.
    var wall: Int
    /// By a clock that nobody can set.
    var uptime: Duration
  }

  /// Where a pair is made.
  enum Lane: Sendable, Equatable {
    /// Ahead of need, with whatever the processors have left.
    case ahead
    /// As soon as possible: it is needed already.
    case now
  }

  /// Where the pair of a new generation comes from.
  enum Origin: Sendable, Equatable {
    /// The oldest of the pool.
    case pool
    /// The one that was just stored.
    case stored
    /// The one that was handed in.
    case adopted
  }

  /// What is to be done.
  enum Action: Sendable, Equatable {
    /// Begin to make a pair.
    case make(Lane)
    /// Drop the youngest pair of the pool.
    case discard
    /// Store a pair: the one whose storing failed, otherwise the oldest of the pool.
    case save
    /// Put a generation in the current place.
    case begin(number: Int, createdAt: Int, Origin)
    /// Let go of the current generation.
    case retire(number: Int, RetirementReason, uses: Int)
    /// Give the current generation to a request.
    case announce(request: Int)
    /// Tell a request that it gets none.
    case refuse(request: Int, KeyShortage)
    /// Tell those who demanded a rotation that the current generation is its result.
    case rotated
    /// Tell those who demanded a rotation that it failed for now.
    case rotationFailed
    /// Tell that the last attempt failed.
    case report(retryIn: Duration)
  }

  /// The generation that is announced.
  struct Current: Sendable {
    let number: Int
    var uses = 0
    let term: Term?
  }

  /// The two ends of a generation's time; the earlier one counts.
  struct Term: Sendable {
    let wall: Int
    let uptime: Duration

    func isOver(at now: Moment) -> Bool { wall <= now.wall || uptime <= now.uptime }
  }
}
