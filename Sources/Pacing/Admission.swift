import Synchronization

/// The permission to send one request, once.
///
/// Say when it goes out and how it ended. Whoever lets go of it without a word has given the exchange up.
public final class Admission: Sendable {
  /// Its number; ascending, unique in a pacer.
  public let number: Int

  /// So long a connection may be tried for, where it is less than usual: the router has not been reached of late.
  public let connectLimit: Duration?

  private let key: KeyID
  private let pacer: Pacer
  private let wasSent = Atomic(false)

  init(number: Int, key: KeyID, connectLimit: Duration?, pacer: Pacer) {
    self.number = number
    self.connectLimit = connectLimit
    self.key = key
    self.pacer = pacer
  }

  deinit { ended(.abandoned) }

  /// Whether the request went out, or at least began to.
  public var isSent: Bool { wasSent.load(ordering: .acquiring) }

  /// The request goes out now: there is a connection, and its first bytes follow.
  ///
  /// Until this is said the request counts as one that may still be sent at any moment, and holds its place in the
  /// rate. Said too early, requests that wait for the same connection may leave together.
  public func sent() {
    wasSent.store(true, ordering: .releasing)
    pacer.perform(key) { [number] machine, now in machine.sent(number, at: now) }
  }

  /// The exchange has ended; the first word counts.
  public func ended(_ outcome: ExchangeOutcome) {
    pacer.perform(key) { [number] machine, now in machine.ended(number, outcome, at: now) }
  }
}
