import Listener

/// What happened, in order, for a test that waits for it.
final class Journal<Entry: Sendable>: Sendable {
  private let entries: AsyncStream<Entry>
  private let writer: AsyncStream<Entry>.Continuation

  init(of: Entry.Type = Entry.self) {
    (entries, writer) = AsyncStream.makeStream()
  }

  func note(_ entry: Entry) {
    writer.yield(entry)
  }

  /// Waits for the next entry.
  ///
  /// For one reader.
  func next() async -> Entry? {
    var iterator = entries.makeAsyncIterator()
    return await iterator.next()
  }
}
