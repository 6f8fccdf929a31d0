import Glibc
import Platform

/// What is on its way to a log whose reader may be slow, or stand still.
///
/// A thread of its own delivers, so that whoever logs goes on. What waits is bounded; what does not fit is counted, and
/// told of as soon as something is taken again.
public final class LogOutbox<Item: Sendable>: Sendable {
  private struct State {
    var waiting = 0
    var lost = 0
  }

  private let thread: WorkerThreads
  private let state = Locked(State())
  private let limit: Int
  private let deliver: @Sendable (Item) -> Void
  private let itemForLost: @Sendable (Int) -> Item

  /// An empty one.
  ///
  /// - Parameters:
  ///   - limit: How many items may wait.
  ///   - threadName: What the kernel calls the thread, at most 15 bytes.
  ///   - itemForLost: The item that says how many did not fit.
  ///   - deliver: Brings an item to the log; may block.
  public init(
    limit: Int = 4096, threadName: String, itemForLost: @escaping @Sendable (Int) -> Item,
    deliver: @escaping @Sendable (Item) -> Void
  ) {
    thread = WorkerThreads(count: 1, name: threadName)
    self.limit = limit
    self.itemForLost = itemForLost
    self.deliver = deliver
  }

  /// Hands an item over.
  ///
  /// - Parameter attempt: Tried at once where nothing waits, while all others who log wait; must not block. Returns
  ///   whether the item is delivered, and leaves of it what is not.
  public func submit(_ item: Item, attempting attempt: (inout Item) -> Bool = { _ in false }) {
    var item = item
    state.withLock { state in
      if state.waiting == 0, attempt(&item) { return }
      guard state.waiting < limit else { return state.lost += 1 }
      state.waiting += 1
      // With the lock held, so that items wait in the order in which they came.
      thread.submit { [self, item] in take(item) }
    }
  }

  private func take(_ item: Item) {
    deliver(item)
    let lost = state.withLock { state in
      defer { state.lost = 0 }
      return state.lost
    }
    if lost > 0 { deliver(itemForLost(lost)) }
    // Last, so that nobody overtakes.
    state.withLock { $0.waiting -= 1 }
  }

  /// Waits, blocking, until everything has been delivered, and no longer than this.
  ///
  /// For the end of the process.
  public func flush(atMost limit: Duration) {
    let end = ContinuousClock.now + limit
    while state.withLock({ $0.waiting }) > 0, ContinuousClock.now < end { usleep(1000) }
  }
}
