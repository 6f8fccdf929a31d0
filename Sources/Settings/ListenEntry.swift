/// One entry of `listen`, taken apart as far as is needed to know who listens and how.
public struct ListenEntry: Sendable, Equatable {
  /// Whether callers speak TLS there.
  public let isTLS: Bool
  /// The address or the sockets: the entry without `tls:`.
  public let place: String

  /// An entry as it is configured.
  public init(_ entry: String) {
    isTLS = entry.hasPrefix(Self.mark)
    place = isTLS ? String(entry.dropFirst(Self.mark.count)) : entry
  }

  private static let mark = "tls:"
}
