import Platform
import Sealing

extension ClientKeyRing {
  typealias Errand = @Sendable () -> Void

  /// Now, by both clocks.
  var moment: RotationMachine.Moment { RotationMachine.Moment(wall: wallClock(), uptime: uptime()) }

  /// Brings news to the machine and does what follows.
  func perform(_ news: (inout State, RotationMachine.Moment) -> [RotationMachine.Action]) {
    let now = moment
    let errands = state.withLock { state in
      let actions = news(&state, now)
      return apply(actions, to: &state, at: now)
    }
    for errand in errands { errand() }
  }

  /// Changes the state as the machine says.
  ///
  /// - Returns: What is left to do once the lock is open.
  func apply(
    _ actions: [RotationMachine.Action], to state: inout State, at now: RotationMachine.Moment
  ) -> [Errand] {
    var errands: [Errand] = []
    for action in actions { errands += errandsOf(action, in: &state) }
    if let napEnds = state.napEnds, let next = state.machine.nextWake(after: now.uptime), next < napEnds {
      errands += state.naps.answerAll(())
    }
    return errands
  }

  private func errandsOf(_ action: RotationMachine.Action, in state: inout State) -> [Errand] {
    switch action {
    case .make(let lane):
      return [{ self.make(lane) }]
    case .discard:
      state.pool.removeLast()
    case .save:
      let pair = state.candidate ?? state.pool.removeFirst()
      state.candidate = pair
      return [{ self.save(pair) }]
    case .begin(let number, let createdAt, let origin):
      guard let generation = state.begin(number, createdAt, origin) else { return [] }
      return [{ self.onEvent(.current(generation)) }]
    case .retire(let number, let reason, let uses):
      state.retire()
      return [{ self.onEvent(.retired(number: number, reason: reason, uses: uses)) }]
    case .announce(let request):
      guard let current = state.current else { return [] }
      return state.requests.answer(request, .success(current)).map { [$0] } ?? []
    case .refuse(let request, let shortage):
      return state.requests.answer(request, .failure(shortage)).map { [$0] } ?? []
    case .rotated:
      guard let current = state.current else { return [] }
      return state.demands.answerAll(.success(current))
    case .rotationFailed:
      let failure = state.machine.isStopped ? nil : state.lastError
      return state.demands.answerAll(.failure(failure ?? KeyShortage.closed))
    case .report(let retryIn):
      guard let error = state.lastError else { return [] }
      return [{ self.onEvent(.failed(description: "\(error)", retryIn: retryIn)) }]
    }
    return []
  }

  private func make(_ lane: RotationMachine.Lane) {
    let threads = lane == .now ? threads : idleThreads
    threads.submit { [self] in
      let result = Result { try makePair() }
      perform { state, now in
        switch result {
        case .success(let pair):
          state.pool.append(pair)
          state.lastError = nil
          return state.machine.pairMade(lane, at: now)
        case .failure(let error):
          state.lastError = error
          return state.machine.makingFailed(lane, at: now)
        }
      }
    }
  }

  private func save(_ pair: RSAPrivateKey) {
    threads.submit { [self] in
      let result = Result { try store?.save(pair) }
      perform { state, now in
        switch result {
        case .success:
          state.lastError = nil
          return state.machine.saved(at: now)
        case .failure(let error):
          state.lastError = error
          return state.machine.savingFailed(at: now)
        }
      }
    }
  }
}

extension ClientKeyRing.State {
  /// Puts a pair in the current place.
  fileprivate mutating func begin(
    _ number: Int, _ createdAt: Int, _ origin: RotationMachine.Origin
  ) -> KeyGeneration? {
    let pair: RSAPrivateKey?
    switch origin {
    case .pool: pair = pool.removeFirst()
    case .stored: (pair, candidate) = (candidate, nil)
    case .adopted: (pair, adopted) = (adopted, nil)
    }
    guard let pair else { return nil }
    let generation = KeyGeneration(number: number, createdAt: createdAt, privateKey: pair)
    current = generation
    if number > 1 { rotations += 1 }
    return generation
  }

  /// Lets go of the current generation.
  fileprivate mutating func retire() {
    if let current { retired.add(current) }
    current = nil
  }
}
