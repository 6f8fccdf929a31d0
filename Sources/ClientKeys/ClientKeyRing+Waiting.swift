import Platform

extension ClientKeyRing {
  /// The generation to announce next; counts as one use of it.
  ///
  /// No pair is announced more than `max_uses` times. When every pair is used up, and before there is a first one, requests
  /// wait for new ones, first come, first served.
  ///
  /// - Parameter deadline: Waiting ends here.
  public func announce(
    until deadline: ContinuousClock.Instant
  ) async throws(KeyShortage) -> KeyGeneration {
    let (request, answer) = requestAnnouncement()
    if let answer { return try answer.get() }
    return try await waitForPair(request, until: deadline).get()
  }

  private func requestAnnouncement() -> (request: Int, answer: Result<KeyGeneration, KeyShortage>?) {
    let now = moment
    let (request, answer, errands) = state.withLock { state in
      let request = state.requests.enter()
      let actions = state.machine.announcementWanted(by: request, at: now)
      let errands = apply(actions, to: &state, at: now)
      return (request, state.requests.take(request), errands)
    }
    for errand in errands { errand() }
    return (request, answer)
  }

  private func waitForPair(
    _ request: Int, until deadline: ContinuousClock.Instant
  ) async -> Result<KeyGeneration, KeyShortage> {
    // Ends with this scope: an answer cancels it.
    async let _: Void = leave(request, .deadlinePassed, after: ContinuousClock.now.duration(to: deadline))
    let answer = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer = state.withLock { $0.requests.sit(request, continuation) }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      leave(request, .cancelled)
    }
    return answer
  }

  private func leave(_ request: Int, _ reason: KeyShortage, after wait: Duration) async {
    do { try await clock.sleep(for: wait) } catch { return }
    leave(request, reason)
  }

  private func leave(_ request: Int, _ reason: KeyShortage) {
    let now = moment
    let errands = state.withLock { state in
      let isFirst = reason == .deadlinePassed && state.machine.lastNumber == 0
      let resume = state.requests.answer(request, .failure(isFirst ? .notReady : reason))
      let errands = apply(state.machine.requestLeft(request, at: now), to: &state, at: now)
      return errands + (resume.map { [$0] } ?? [])
    }
    for errand in errands { errand() }
  }

  /// Replaces the current generation, whatever its age.
  ///
  /// Callers that come while a rotation is on its way share it. When it fails, they are told, and it is tried again
  /// in the background until it succeeds.
  ///
  /// - Throws: What making or storing the pair threw, `CancellationError`, or `KeyShortage.closed`.
  @discardableResult
  public func rotate() async throws -> KeyGeneration {
    let now = moment
    let (demand, errands) = state.withLock { state in
      let demand = state.demands.enter()
      return (demand, apply(state.machine.rotationDemanded(at: now), to: &state, at: now))
    }
    for errand in errands { errand() }
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer = state.withLock { $0.demands.sit(demand, continuation) }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      state.withLock { $0.demands.answer(demand, .failure(CancellationError())) }?()
    }
    return try result.get()
  }

  /// Fills the pool and watches the time, until the task is cancelled.
  ///
  /// From then on no more pairs are made: who waits for one is told `KeyShortage.closed`.
  public func run() async {
    state.withLock { $0.isRunning = true }
    perform { state, now in state.machine.started(at: now) }
    while !Task.isCancelled {
      await nap()
      perform { state, now in state.machine.timePassed(at: now) }
      for resume in state.withLock({ $0.rounds.answerAll(()) }) { resume() }
    }
    perform { state, _ in state.machine.stopped() }
    let left = state.withLock { state in
      state.isRunning = false
      return state.rounds.answerAll(())
    }
    for resume in left { resume() }
  }

  /// Returns when the worker has come round once more and the threads that make pairs for those who wait have each ended
  /// the job that they are in: at once without a worker, after one pair at most with one, unless something is stuck.
  ///
  /// The idle thread is not asked: on a busy machine it may rest for minutes, and nobody waits for it.
  public func respond() async {
    let (round, wakes) = state.withLock { state -> (Int?, [Errand]) in
      guard state.isRunning else { return (nil, []) }
      return (state.rounds.enter(), state.naps.answerAll(()))
    }
    for wake in wakes { wake() }
    if let round {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { $0.rounds.sit(round, continuation) != nil }
        if isOver { continuation.resume() }
      }
    }
    await threads.respond()
  }

  /// Sleeps until the machine wants to be asked again, but never long.
  private func nap() async {
    let now = moment
    let (number, wait) = state.withLock { state in
      let latest = now.uptime + Self.longestNap
      var ends = state.machine.nextWake(after: now.uptime).map { min($0, latest) } ?? latest
      // Somebody asked between two naps.
      if state.rounds.count > 0 { ends = now.uptime }
      state.napEnds = ends
      return (state.naps.enter(), ends - now.uptime)
    }
    async let _: Void = wake(number, after: wait)
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { $0.naps.sit(number, continuation) != nil }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      wake(number)
    }
    state.withLock { $0.napEnds = nil }
  }

  private func wake(_ number: Int, after wait: Duration) async {
    do { try await clock.sleep(for: wait) } catch { return }
    wake(number)
  }

  private func wake(_ number: Int) {
    state.withLock { $0.naps.answer(number, ()) }?()
  }
}
