import CCurl
import HTTPTypes

/// Sets up one easy handle.
///
/// Every answer of `curl_easy_setopt` is looked at: a refused option would be a transfer under other rules
/// than the ones written here.
struct EasySetup {
  /// So many milliseconds sent bytes may go unacknowledged: longer than networks stall, shorter than people wait.
  static let longestSilence = 5000
  /// `TCP_USER_TIMEOUT` (linux/tcp.h), which Swift's Glibc module does not show.
  static let userTimeoutOption = CInt(18)

  /// The handle.
  let easy: UnsafeMutableRawPointer

  /// Finds out whether this libcurl takes the options, without a transfer.
  static func rehearse(_ options: UpstreamOptions) throws(CurlFault) {
    guard let easy = curl_easy_init() else { throw CurlFault(code: CURLE_OUT_OF_MEMORY) }
    defer { curl_easy_cleanup(easy) }
    let setup = EasySetup(easy: easy)
    try setup.apply(options)
    try setup.apply(UpstreamRequest(url: "https://localhost/", wantsCertificate: true), options)
  }

  // MARK: What holds for all transfers

  /// Applies what the options say and what is never an option.
  func apply(_ options: UpstreamOptions) throws(CurlFault) {
    try manners()
    try tls(options)
    try proxy(options.proxy)
    try set(CURLOPT_USERAGENT, options.userAgent)
    try set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(options.connectTimeout))
    if let path = options.unixSocket { try set(CURLOPT_UNIX_SOCKET_PATH, path) }
  }

  private func manners() throws(CurlFault) {
    try set(CURLOPT_NOSIGNAL, 1)
    // Without it, taking away a transfer whose name is being looked up waits for the resolver, and everybody
    // else with it. The price is a resolver thread that may still run when the process ends.
    try set(CURLOPT_QUICK_EXIT, 1)
    try CurlFault.check(ccurl_easy_set_open_socket_callback(easy, openSocketCallback))
    try set(CURLOPT_FOLLOWLOCATION, 0)
    try set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
    try set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
    try set(CURLOPT_HTTP09_ALLOWED, 0)
    try set(CURLOPT_ACCEPT_ENCODING, "gzip, deflate")
    // An answer may take many minutes without a byte: keep what is in between from forgetting the connection.
    try set(CURLOPT_TCP_KEEPALIVE, 1)
    try set(CURLOPT_TCP_KEEPIDLE, 15)
    try set(CURLOPT_TCP_KEEPINTVL, 5)
    // Of an HTTP/2 head that does not fit in here, libcurl 7.88 delivers the rest only when something else
    // arrives, which may be never.
    try set(CURLOPT_BUFFERSIZE, TransferMachine.headerLimit + (16 << 10))
    // CURLOPT_PIPEWAIT stays off: a transfer that waits for another one's connection is under no time-out at
    // all. A burst on a cold start opens more connections instead.
    try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
  }

  private func tls(_ options: UpstreamOptions) throws(CurlFault) {
    try set(CURLOPT_SSL_VERIFYPEER, options.verifiesServer ? 1 : 0)
    try set(CURLOPT_SSL_VERIFYHOST, options.verifiesServer ? 2 : 0)
    try set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
    try set(CURLOPT_PROXY_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
    if let file = options.caFile { try set(CURLOPT_CAINFO, file) }
    // The directory of system roots would be trusted beside `caFile`. And while it is set libcurl reads all
    // roots again for each connection (30 ms on the one thread), so it goes as well where a bundle has them.
    if options.caFile != nil || hasSystemBundle { try set(CURLOPT_CAPATH, nil) }
  }

  private var hasSystemBundle: Bool {
    var file: UnsafePointer<CChar>?
    return ccurl_easy_get_string(easy, CURLINFO_CAINFO, &file) == CURLE_OK && file != nil
  }

  private func proxy(_ proxy: UpstreamOptions.OutboundProxy) throws(CurlFault) {
    try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    switch proxy {
    case .environment: break
    case .none:
      // The empty string, and not NULL, is what keeps libcurl from asking the environment.
      try set(CURLOPT_PROXY, "")
      try set(CURLOPT_NOPROXY, "")
    case .url(let url):
      try set(CURLOPT_PROXY, url)
      try set(CURLOPT_NOPROXY, "")
    }
  }

  // MARK: What one request says

  /// Applies all of a request but its fields.
  func apply(_ request: UpstreamRequest, _ options: UpstreamOptions) throws(CurlFault) {
    try set(CURLOPT_URL, request.url)
    try set(CURLOPT_PROTOCOLS_STR, options.allowHTTP ? "http,https" : "https")
    try set(CURLOPT_TIMEOUT_MS, milliseconds(request.responseTimeout ?? options.responseTimeout))
    if request.wantsCertificate { try set(CURLOPT_CERTINFO, 1) }
    if request.wantsCertificate { try set(CURLOPT_FRESH_CONNECT, 1) }
    if let limit = request.connectTimeout, limit < options.connectTimeout {
      try set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(limit))
    }
    switch request.method {
    case .get:
      try set(CURLOPT_HTTPGET, 1)
    case .post:
      try set(CURLOPT_POST, 1)
      try CurlFault.check(
        ccurl_easy_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count)))
    }
  }

  /// Closes connections that are older than so many seconds instead of using them.
  func distrustConnections(olderThan seconds: Int) throws(CurlFault) {
    // To libcurl zero means any age.
    try set(CURLOPT_MAXLIFETIME_CONN, max(1, seconds))
  }

  /// Applies a request's fields.
  /// - Returns: the list that the handle reads them from; it has to outlive the transfer.
  func header(of request: UpstreamRequest) throws(CurlFault) -> UnsafeMutablePointer<curl_slist>? {
    var list = HeaderList()
    try list.append("Expect:")  // "Name:" is how a field that libcurl would add by itself is left out.
    if request.method == .post, !request.fields.contains(.contentType) { try list.append("Content-Type:") }
    for field in request.fields where !HeaderList.framing.contains(field.name.canonicalName) {
      try list.append(field)
    }
    try CurlFault.check(ccurl_easy_set_list(easy, CURLOPT_HTTPHEADER, list.head))
    return list.release()
  }

  // MARK: Where libcurl reports

  /// Makes libcurl report to the transfer that `context` points to, with its texts in `message`.
  func callbacks(
    context: UnsafeMutableRawPointer, message: UnsafeMutablePointer<CChar>
  ) throws(CurlFault) {
    try set(CURLOPT_PRIVATE, context)
    try set(CURLOPT_ERRORBUFFER, message)
    try set(CURLOPT_PREREQDATA, context)
    try CurlFault.check(ccurl_easy_set_prerequest_callback(easy, prerequestCallback))
    // There is no CURLOPT_SEEKFUNCTION on purpose: libcurl must not be able to send a body twice.
    try set(CURLOPT_READDATA, context)
    try set(CURLOPT_READFUNCTION, readCallback)
    try set(CURLOPT_HEADERDATA, context)
    try set(CURLOPT_HEADERFUNCTION, headerCallback)
    try set(CURLOPT_WRITEDATA, context)
    try set(CURLOPT_WRITEFUNCTION, writeCallback)
  }

  // MARK: One call for each type of value

  private func set(_ option: CURLoption, _ value: Int) throws(CurlFault) {
    try CurlFault.check(ccurl_easy_set_long(easy, option, value))
  }

  private func set(_ option: CURLoption, _ value: String?) throws(CurlFault) {
    try CurlFault.check(ccurl_easy_set_string(easy, option, value))
  }

  private func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer) throws(CurlFault) {
    try CurlFault.check(ccurl_easy_set_pointer(easy, option, value))
  }

  private func set(
    _ option: CURLoption,
    _ value:
      @convention(c) (
        UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?
      ) -> Int
  ) throws(CurlFault) {
    try CurlFault.check(ccurl_easy_set_data_callback(easy, option, value))
  }

  /// libcurl takes zero for "no limit", and counts in `int`.
  private func milliseconds(_ duration: Duration) -> Int {
    let capped = min(max(duration, .milliseconds(1)), .milliseconds(Int32.max))
    let (seconds, attoseconds) = capped.components
    return Int(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
  }
}
