/// An error of fetching the router's key that says whether the router was reached at all.
public protocol KeyFetchFailure: Error {
  /// Whether there was no connection, which may be over in a moment.
  var isUnreached: Bool { get }
}
