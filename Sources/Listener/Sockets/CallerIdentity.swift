import Glibc
import Platform

/// Tells callers apart by process, so that one with many connections is one caller.
///
/// The process at the other end of a unix socket is known from the kernel. For a TCP connection within this machine
/// the kernel names the socket at the other end, and `/proc` the process that holds it. Looking takes from some
/// microseconds to some milliseconds and is done once for each connection, on a thread of its own.
public final class CallerIdentity: Sendable {
  private enum Question: Sendable {
    case process(pid_t)
    case connection(ConnectionEnds)
  }

  private struct Waiting {
    let connection: UInt64
    let question: Question
    let answer: CheckedContinuation<String?, Never>
  }

  private struct State {
    var names = RecentNames()
    var waiting: [UInt64: Waiting] = [:]
    var lastTicket: UInt64 = 0
    var isLooking = false
  }

  private let state = Locked(State())
  private let owners: Locked<PortOwners>
  private let thread = WorkerThreads(count: 1, name: "nomyo-callers")

  /// Knows nobody yet.
  public convenience init() { self.init(owners: PortOwners()) }

  init(owners: PortOwners) { self.owners = Locked(owners) }

  /// The name of the process that sent a request, the same for all its connections.
  ///
  /// A process that has the number of an earlier one has another name.
  ///
  /// - Returns: such as `pid 1234@567890`; nil if only the connection is known, as for callers in other machines,
  ///   containers and, without the right to look at their processes, of other users. Nil at once for a task that is
  ///   cancelled.
  public func name(of head: RequestHead) async -> String? {
    guard head.connection != 0, let question = Self.question(about: head) else { return nil }
    let ticket = state.withLock { state in
      state.lastTicket += 1
      return state.lastTicket
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { answer in
        ask(Waiting(connection: head.connection, question: question, answer: answer), ticket)
      }
    } onCancel: {
      let waiting = state.withLock { $0.waiting.removeValue(forKey: ticket) }
      waiting?.answer.resume(returning: nil)
    }
  }

  private static func question(about head: RequestHead) -> Question? {
    switch head.peer {
    case .unix(_, _, let pid): pid > 0 ? .process(pid) : nil
    case .tcp: ConnectionEnds(peer: head.peer, local: head.local).map(Question.connection)
    }
  }

  private func ask(_ waiting: Waiting, _ ticket: UInt64) {
    enum Next { case answer(String?), look, wait }
    let next: Next = state.withLock { state in
      // Asked with the lock held: whoever is cancelled from here on is in the table when the handler looks there.
      if Task.isCancelled { return .answer(nil) }
      if let known = state.names[waiting.connection] { return .answer(known) }
      state.waiting[ticket] = waiting
      defer { state.isLooking = true }
      return state.isLooking ? .wait : .look
    }
    switch next {
    case .answer(let name): waiting.answer.resume(returning: name)
    case .look: thread.submit { [self] in look() }
    case .wait: break
    }
  }
}

// MARK: - On the thread

extension CallerIdentity {
  /// Answers all who wait, and those who come meanwhile: one walk through `/proc` finds any number of sockets.
  private func look() {
    while let asked = whoWaits() {
      let names = names(of: asked.mapValues(\.question))
      let answered: [(Waiting, String?)] = state.withLock { state in
        asked.compactMap { ticket, waiting in
          state.names.note(names[ticket], for: waiting.connection)
          return state.waiting.removeValue(forKey: ticket).map { ($0, names[ticket]) }
        }
      }
      for (waiting, name) in answered { waiting.answer.resume(returning: name) }
    }
  }

  private func whoWaits() -> [UInt64: Waiting]? {
    state.withLock { state in
      state.isLooking = !state.waiting.isEmpty
      return state.isLooking ? state.waiting : nil
    }
  }

  private func names(of questions: [UInt64: Question]) -> [UInt64: String] {
    owners.withLock { owners in
      var names: [UInt64: String] = [:]
      var inodes: [UInt64: UInt32] = [:]
      for (ticket, question) in questions {
        switch question {
        case .process(let pid): names[ticket] = owners.identity(of: pid).description
        case .connection(let ends): inodes[ticket] = Self.inode(atCallersEndOf: ends)
        }
      }
      guard !inodes.isEmpty else { return names }
      let found = owners.find(Set(inodes.values))
      for (ticket, inode) in inodes { names[ticket] = found[inode]?.description }
      return names
    }
  }

  /// Nil also for the socket of a user whose processes this one may not look into, so that none are walked in vain.
  private static func inode(atCallersEndOf ends: ConnectionEnds) -> UInt32? {
    guard let socket = SocketDiagnosis.socket(atCallersEndOf: ends) else { return nil }
    let me = geteuid()
    return me == 0 || me == socket.user ? socket.inode : nil
  }
}

/// Names by connection, of which those that nobody asks for any more are forgotten when there are many.
struct RecentNames {
  /// What was asked for lately, and what was before that.
  private var young: [UInt64: String?] = [:]
  private var old: [UInt64: String?] = [:]
  private let capacity: Int

  /// - Parameter capacity: how many are remembered for certain; at most twice as many are.
  init(capacity: Int = 1024) { self.capacity = capacity }

  /// The name, which may be that there is none; nil if nothing is known.
  subscript(connection: UInt64) -> String?? {
    mutating get {
      if let name = young[connection] { return name }
      guard let name = old[connection] else { return nil }
      note(name, for: connection)
      return name
    }
  }

  mutating func note(_ name: String?, for connection: UInt64) {
    if young.count >= capacity, young[connection] == nil { (old, young) = (young, [:]) }
    young[connection] = .some(name)
  }
}
