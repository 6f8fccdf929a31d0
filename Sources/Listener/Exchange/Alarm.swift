import NIOCore

/// One timer for one connection, moved often and rung rarely.
///
/// Moving it is an assignment: the event loop holds at most one entry, which on ringing early is put back to what
/// is due by then. So a request that comes and goes costs no timer at all.
final class Alarm: NIOScheduledCallbackHandler {
  /// What a connection can run out of time for.
  enum Purpose { case head, idle, lastRequest, restOfHead, body, write, linger }

  private let loop: any EventLoop
  private let ring: (Purpose) -> Void
  private var due: (at: NIODeadline, purpose: Purpose)?
  private var entry: (at: NIODeadline, callback: NIOScheduledCallback)?

  /// What is waited for now.
  var purpose: Purpose? { due?.purpose }

  /// A silent alarm; `ring` must not keep the alarm's owner alive.
  init(on loop: any EventLoop, ring: @escaping (Purpose) -> Void) {
    (self.loop, self.ring) = (loop, ring)
  }

  /// Rings after `delay`, instead of whatever was to come.
  func set(_ purpose: Purpose, in delay: TimeAmount) {
    let at = loop.now + delay
    due = (at, purpose)
    if let entry, entry.at <= at { return }
    schedule(at)
  }

  /// Does not ring, until set again.
  func clear() {
    due = nil
  }

  /// Gives the entry in the event loop back, too.
  func end() {
    clear()
    entry?.callback.cancel()
    entry = nil
  }

  func handleScheduledCallback(eventLoop: some EventLoop) {
    entry = nil
    guard let due else { return }
    guard due.at <= loop.now else { return schedule(due.at) }
    self.due = nil
    ring(due.purpose)
  }

  private func schedule(_ at: NIODeadline) {
    entry?.callback.cancel()
    // The loop refuses only when it is shutting down, and then closes every connection itself.
    entry = (try? loop.assumeIsolated().scheduleCallback(at: at, handler: self)).map { (at, $0) }
  }
}
