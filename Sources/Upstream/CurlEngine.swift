import CCurl

/// Owns the multi handle's transfers. Everything here happens on the curl thread.
actor CurlEngine {
  /// Where all of it happens.
  nonisolated let thread: CurlThread
  private let options: UpstreamOptions
  private let room: AnswerRoom
  private var transfers: [Int: Transfer] = [:]
  private var lastID = 0
  private var isClosed = false
  /// When a connection proved dead.
  private var lastDeath: ContinuousClock.Instant?

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// An engine for the transfers of one multi handle, which is set up here.
  init(thread: CurlThread, options: UpstreamOptions) throws(CurlFault) {
    self.thread = thread
    self.options = options
    room = AnswerRoom(limit: options.answerRoom)
    // Idle connections to keep. libcurl's own rule, four for each transfer under way, would close nearly all
    // of them whenever a burst is over.
    guard ccurl_multi_set_long(thread.multi, CURLMOPT_MAXCONNECTS, 64) == CURLM_OK else {
      throw CurlFault(code: CURLE_FAILED_INIT)
    }
  }

  // MARK: Visits: each begins with `CurlThread.enter` or `close` at its caller and ends with `leave` here.

  /// Carries out one request.
  ///
  /// Ends early, with its handle gone, when the task is cancelled.
  func perform(_ request: UpstreamRequest) async -> Transfer.Outcome {
    defer { thread.leave() }
    if let fault = request.fault(allowingHTTP: options.allowHTTP) { return .failure(fault) }
    lastID += 1
    let id = lastID
    return await withTaskCancellationHandler {
      await withCheckedContinuation { start(request, id, $0) }
    } onCancel: {
      // Straight to the thread: a task would first need a free thread of the pool to come here from.
      thread.run { self.assumeIsolated { $0.abandon(id, .cancelled) } }
    }
  }

  /// Fails everything that is under way and whatever still comes.
  func failAll() {
    defer { thread.leave() }
    isClosed = true
    for id in Array(transfers.keys) { abandon(id, .closed) }
  }

  /// Does nothing, on the curl thread.
  func respond() {
    thread.leave()
  }

  // MARK: Transfers

  private func start(
    _ request: UpstreamRequest, _ id: Int, _ continuation: CheckedContinuation<Transfer.Outcome, Never>
  ) {
    if isClosed { return continuation.resume(returning: .failure(.closed)) }
    if Task.isCancelled { return continuation.resume(returning: .failure(.cancelled)) }
    do throws(CurlFault) {
      let transfer = try Transfer(
        request, id: id, options: options, maxConnectionAge: maxConnectionAge, engine: self,
        sockets: thread.sockets, room: room, continuation: continuation)
      guard curl_multi_add_handle(thread.multi, transfer.easy) == CURLM_OK else {
        throw CurlFault(code: CURLE_OUT_OF_MEMORY)
      }
      transfers[id] = transfer
    } catch {
      // The options were tried when the client was made, so what libcurl refuses now is the URL, or memory.
      let failure: UpstreamError = error.code == CURLE_OUT_OF_MEMORY ? .disconnected : .badURL
      continuation.resume(returning: .failure(failure))
    }
  }

  private func abandon(_ id: Int, _ reason: UpstreamError) {
    guard let transfer = transfers[id] else { return }
    finish(transfer, transfer.abandoned(reason))
  }

  /// After a connection proved dead the others from that time are likely to be, and each would cost a request: a network
  /// that changed takes all of them.
  private var maxConnectionAge: Int? {
    lastDeath.map { Int($0.duration(to: .now).components.seconds) }
  }

  private func finish(_ transfer: Transfer, _ outcome: Transfer.Outcome?) {
    // Closes an HTTP/1 connection that is in the middle of something; on HTTP/2 it resets the one stream.
    curl_multi_remove_handle(thread.multi, transfer.easy)
    transfers[transfer.id] = nil
    if let outcome { transfer.continuation.resume(returning: outcome) }
  }

  // MARK: The loop

  /// Lets libcurl do what it can do now, and ends what is done.
  ///
  /// Called by the thread between jobs.
  func turn() {
    var running = CInt(0)
    curl_multi_perform(thread.multi, &running)
    var left = CInt(0)
    while let message = curl_multi_info_read(thread.multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let transfer = Transfer.of(message.pointee.easy_handle)
      else {
        continue
      }
      let outcome = transfer.ended(message.pointee.data.result)
      switch outcome {
      case .failure(.disconnected)?, .failure(.connectTimedOut)?:
        if transfer.hasReusedConnection { lastDeath = .now }
      // Nothing came for so long that it may be dead as well. libcurl would keep a connection of HTTP/2 and put the next
      // request on it, whatever else the router says there.
      case .failure(.responseTimedOut)?: lastDeath = .now
      default: break
      }
      finish(transfer, outcome)
    }
  }
}
