import CCurl

/// libcurl refused something that is ours to get right.
///
/// It is a version or a build of it that this module cannot use, or memory ran out.
struct CurlFault: Error, Equatable, CustomStringConvertible {
  /// What libcurl said.
  let code: CURLcode

  /// Throws unless `code` is `CURLE_OK`.
  static func check(_ code: CURLcode) throws(CurlFault) {
    guard code == CURLE_OK else { throw CurlFault(code: code) }
  }

  var description: String {
    "libcurl \(String(cString: curl_version())): \(String(cString: curl_easy_strerror(code)))"
  }
}

extension TransferMachine.Ending {
  /// CURLE_TOO_LARGE, which libcurl has had a name for since 8.6 (libcurl-errors(3)).
  private static let tooLarge = CURLcode(rawValue: 100)

  /// What the result of a transfer means.
  /// - Parameters:
  ///   - code: libcurl's result.
  ///   - reason: libcurl's message about it; only the ones about TLS are passed on.
  ///   - proxyStatus: the answer of a proxy to CONNECT, 0 if there was none.
  init(code: CURLcode, reason: @autoclosure () -> String, proxyStatus: Int) {
    switch code {
    case CURLE_OK:
      self = .complete
    case CURLE_OPERATION_TIMEDOUT:
      self = .timedOut
    case CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED:  // The latter is for a user name in the URL.
      self = .failed(.badURL)
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
      self = .failed(.unresolved)
    case CURLE_COULDNT_CONNECT, CURLE_PROXY, CURLE_INTERFACE_FAILED:
      self = .failed(.unreachable)
    case CURLE_SSL_CONNECT_ERROR:
      self = .failed(.handshake(reason()))
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CIPHER,
      CURLE_SSL_CERTPROBLEM, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_INITFAILED, CURLE_USE_SSL_FAILED:
      self = .failed(.tls(reason()))
    case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING:
      // The scheme has been looked at before, so an unsupported protocol is that of the answer.
      self = .failed(.protocolFault)
    case CURLE_OUT_OF_MEMORY, Self.tooLarge:
      // What libcurl says of a header line over 100 kB; real lack of memory ends the process elsewhere.
      self = .failed(.protocolFault)
    case CURLE_RECV_ERROR where proxyStatus >= 300:
      self = .failed(.unreachable)  // How this version reports that a proxy would not make the tunnel.
    default:
      // Resets, broken chunks, early ends (GOT_NOTHING, PARTIAL_FILE, HTTP2_STREAM, HTTP2 after a GOAWAY), a
      // rewind that we do not offer (SEND_FAIL_REWIND), and what newer versions may come up with.
      self = .failed(.disconnected)
    }
  }
}
