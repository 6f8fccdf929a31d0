import CCurl
import Glibc

/// An HTTP client for whole requests and whole answers, over libcurl.
///
/// One thread does all of it, whatever the number of transfers; connections are kept and used again, and
/// where the server offers HTTP/2 requests share one. There are no redirects, cookies, `.netrc` or caches.
///
/// A client that is let go of ends its thread, and waits for that; `close` does so without blocking, and with
/// requests under way.
public final class Upstream: Sendable {
  let thread: CurlThread
  private let engine: CurlEngine
  let watch: StallWatch

  /// Makes a client and starts its thread.
  /// - Throws: when libcurl cannot be used as the options say. The text of the error says why; the usual
  ///   cause is a libcurl older than 7.87.
  public init(_ options: UpstreamOptions) throws {
    try CurlFault.check(curlGlobalInit)
    try EasySetup.rehearse(options)
    thread = try CurlThread()
    watch = StallWatch(thread)
    engine = try CurlEngine(thread: thread, options: options)
    try thread.start { [engine] in engine.assumeIsolated { $0.turn() } }
  }

  deinit {
    // No call is under way, so the thread ends after its next turn. It is waited for, because OpenSSL must
    // not be in use any more when the process ends.
    if thread.close() { thread.leave() }
    thread.join()
  }

  /// Sends a request and returns the whole answer, whatever its status.
  ///
  /// Cancelling the task takes the transfer away at once. The request is never sent again once any of
  /// its body has been handed to the network.
  public func send(_ request: UpstreamRequest) async throws(UpstreamError) -> UpstreamResponse {
    guard thread.enter() else { throw .closed }
    watch.began()
    defer { watch.ended() }
    return try await engine.perform(request).get()
  }

  /// The number of `send` calls that have not returned.
  public var inFlight: Int { watch.requests }

  /// Returns when the client's thread has come round once more: at once, unless it is stuck.
  public func respond() async {
    if thread.enter() { await engine.respond() }
  }

  /// Fails what is under way with `.closed`, closes all connections and ends the thread.
  ///
  /// May be called again. Call it before the process ends: OpenSSL's clean-up at exit does not wait for a
  /// thread that is in the middle of a handshake.
  public func close() async {
    let isFirst = thread.close()
    if isFirst { await engine.failAll() }
    await thread.ended()
    if isFirst { thread.join() }
  }
}

/// The result of curl_global_init(3), which is called once, before the first handle.
///
/// libcurl reads SSLKEYLOGFILE there and would write the secrets of every TLS connection to that file: people set it for
/// their browsers and forget it.
private let curlGlobalInit: CURLcode = {
  unsetenv("SSLKEYLOGFILE")
  return curl_global_init(Int(CURL_GLOBAL_DEFAULT))
}()
