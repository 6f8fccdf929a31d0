public import Upstream

/// Carries one request to the router and its whole answer back.
///
/// `Upstream` does; tests put a scripted one in its place.
public protocol RouterTransport: Sendable {
  /// Sends a request. Cancelling the task frees the transfer at once.
  func send(_ request: UpstreamRequest) async throws(UpstreamError) -> UpstreamResponse
}

extension Upstream: RouterTransport {}
