import Platform

extension Pacer {
  typealias Errand = @Sendable () -> Void

  /// Lets a request through if that is possible at once, with nobody waiting; nil otherwise.
  ///
  /// So only those who have to wait need to be known by name.
  public func admitNow(key: KeyID) -> Admission? {
    var passed: (number: Int, limit: Duration?)?
    let errands = state.withLock { state -> [Errand] in
      let now = uptime()
      guard makeLane(key, in: &state, at: now), state.lanes[key]?.machine.letsPass(at: now) == true else {
        return []
      }
      state.lastNumber += 1
      state.totals.admitted += 1
      let number = state.lastNumber
      let errands = change(key, in: &state, at: now) { $0.passed(number, at: $1) }
      passed = (number, state.lanes[key]?.machine.connectLimit(of: number))
      return errands
    }
    for errand in errands { errand() }
    return passed.map { Admission(number: $0.number, key: key, connectLimit: $0.limit, pacer: self) }
  }

  /// Waits until a request may be sent.
  ///
  /// Callers take turns; one caller's requests are let through in the order of their arrival.
  ///
  /// - Parameters:
  ///   - caller: Whose request it is.
  ///   - key: Which API key it uses.
  ///   - deadline: Waiting ends here, or after `max_wait`.
  /// - Returns: The permission, which is to be told of what becomes of it.
  /// - Throws: Why it may not, with the time after which it is worth trying again: at once when the queue is full,
  ///   when the wait is known to be too long, and while the breaker is open.
  public func admit(
    _ caller: CallerID, key: KeyID, until deadline: ContinuousClock.Instant
  ) async throws(PacingRefusal) -> Admission {
    let patience = ContinuousClock.now.duration(to: deadline)
    let number = state.withLock { state in
      state.lastNumber += 1
      return state.lastNumber
    }
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        arrive(number, of: caller, Waiter(key: key, continuation: continuation), patience: patience)
      }
    } onCancel: {
      leave(number, key)
    }
    return try result.get()
  }

  private func arrive(_ number: Int, of caller: CallerID, _ waiter: Waiter, patience: Duration) {
    let errands = state.withLock { state -> [Errand] in
      let now = uptime()
      state.waiters[number] = waiter
      // `leave` may have come already and found nobody: then this task knows that it is cancelled.
      if Task.isCancelled { return [refuse(number, .cancelled, in: &state)].compactMap(\.self) }
      guard makeLane(waiter.key, in: &state, at: now) else {
        let refusal = PacingRefusal(.queueFull, retryAfter: PacingMachine.shortestRetryAfter)
        return [refuse(number, refusal, in: &state)].compactMap(\.self)
      }
      return change(waiter.key, in: &state, at: now) { machine, now in
        machine.arrived(number, of: caller, deadline: now + patience, at: now)
      }
    }
    for errand in errands { errand() }
  }

  private func leave(_ number: Int, _ key: KeyID) {
    let errands = state.withLock { state -> [Errand] in
      guard let resume = refuse(number, .cancelled, in: &state) else { return [] }
      return [resume] + change(key, in: &state, at: uptime()) { $0.left(number, at: $1) }
    }
    for errand in errands { errand() }
  }

  /// Brings news to a key's machine and does what follows.
  func perform(
    _ key: KeyID, _ news: (inout PacingMachine, Duration) -> [PacingMachine.Action]
  ) {
    // The clock is read under the lock: what a machine is told never goes back in time.
    let errands = state.withLock { state in change(key, in: &state, at: uptime(), news) }
    for errand in errands { errand() }
  }

  /// Makes sure that there is a machine for a key; false when there are too many.
  private func makeLane(_ key: KeyID, in state: inout State, at now: Duration) -> Bool {
    if state.lanes[key] != nil { return true }
    if state.lanes.count >= Self.longestMemory {
      state.lanes = state.lanes.filter { !$0.value.machine.isFresh(at: now) }
      guard state.lanes.count < Self.longestMemory || forget(in: &state) else { return false }
    }
    state.lanes[key] = Lane(machine: PacingMachine(policy: policy, breaker: breaker, jitter: jitter))
    return true
  }

  /// Forgets a key under which nothing is going on, best one that the router does not know.
  ///
  /// Whoever invents keys must not keep out those who have one. False if there is none to forget.
  private func forget(in state: inout State) -> Bool {
    let idle = state.lanes.lazy.filter { $0.value.machine.isIdle }
    guard let (key, lane) = idle.first(where: { $0.value.machine.isRefused }) ?? idle.first else {
      return false
    }
    lane.alarm?.cancel()
    state.lanes[key] = nil
    return true
  }

  private func change(
    _ key: KeyID, in state: inout State, at now: Duration,
    _ news: (inout PacingMachine, Duration) -> [PacingMachine.Action]
  ) -> [Errand] {
    let actions = state.lanes[key]?.change { news(&$0, now) } ?? []
    return actions.compactMap { errand($0, key, in: &state, at: now) }
  }

  /// Changes the state as the machine says.
  ///
  /// - Returns: What is left to do once the lock is open.
  private func errand(
    _ action: PacingMachine.Action, _ key: KeyID, in state: inout State, at now: Duration
  ) -> Errand? {
    switch action {
    case .admit(let number):
      return admit(number, key, in: &state)
    case .refuse(let number, let refusal):
      return refuse(number, refusal, in: &state)
    case .wake(let moment):
      let old = state.lanes[key]?.alarm
      state.lanes[key]?.alarm = moment.map { alarm(key, after: $0 - now) }
      return { old?.cancel() }
    case .breaker(let breaker):
      return { self.onChange(key, breaker) }
    }
  }

  private func alarm(_ key: KeyID, after wait: Duration) -> Task<Void, Never> {
    Task { [weak self, clock] in
      do { try await clock.sleep(for: wait) } catch { return }
      self?.perform(key) { machine, now in machine.timePassed(at: now) }
    }
  }

  private func admit(_ number: Int, _ key: KeyID, in state: inout State) -> Errand? {
    guard let waiter = state.waiters.removeValue(forKey: number) else { return nil }
    state.totals.admitted += 1
    let limit = state.lanes[key]?.machine.connectLimit(of: number)
    // Made outside of the lock: one that is dropped takes it.
    return {
      let admission = Admission(number: number, key: key, connectLimit: limit, pacer: self)
      waiter.continuation.resume(returning: .success(admission))
    }
  }

  private func refuse(_ number: Int, _ refusal: PacingRefusal, in state: inout State) -> Errand? {
    guard let waiter = state.waiters.removeValue(forKey: number) else { return nil }
    state.totals.refused[refusal.reason, default: 0] += 1
    return { waiter.continuation.resume(returning: .failure(refusal)) }
  }
}

extension PacingRefusal {
  fileprivate static let cancelled = PacingRefusal(.cancelled, retryAfter: .zero)
}
