import Glibc
import Platform
import Settings
import Upstream

/// Name look-up, connection, TLS.
extension Doctor {
  /// Whether the router's name has an address; nil where nobody here has to know it.
  func nameLookUp() async -> DoctorStep? {
    let name = "name look-up"
    let host = settings.router.url.host
    guard settings.router.proxy == .direct else {
      return DoctorStep(name, "left to the outbound proxy", .skipped)
    }
    var address = in_addr()
    guard !host.hasPrefix("["), inet_pton(AF_INET, host, &address) != 1 else { return nil }
    let found = try? await WorkerThreads(count: 1, name: "doctor").run { Self.addresses(of: host) }
    switch found {
    case .success(let addresses)?: return DoctorStep(name, "\(host) is \(addresses.joined(separator: ", "))")
    case .failure(let fault)?:
      return DoctorStep(
        name, "\(host): \(fault.reason)",
        .failed(.router, remedy: "check the spelling of router.url, /etc/resolv.conf and the network"))
    case nil: return nil
    }
  }

  private struct NoAddress: Error { let reason: String }

  private static func addresses(of host: String) -> Result<[String], NoAddress> {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let failure = getaddrinfo(host, nil, &hints, &list)
    guard failure == 0 else { return .failure(NoAddress(reason: String(cString: gai_strerror(failure)))) }
    defer { freeaddrinfo(list) }
    var addresses: [String] = []
    var next = list
    while let entry = next?.pointee {
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      if getnameinfo(
        entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
      {
        addresses.append(
          String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
      }
      next = entry.ai_next
    }
    return .success(addresses)
  }

  /// Asks the router for its key, which needs no API key; nil when it does not come.
  func keyDocument(_ tell: (DoctorStep) -> Void) async -> [UInt8]? {
    let name = "connection"
    let response: UpstreamResponse
    do { response = try await path.fetchKeyDocument() } catch {
      tell(.failed(name, .router, error))
      return nil
    }
    guard response.status == 200 else {
      tell(
        DoctorStep(
          name, "the router answers with status \(response.status) instead of its public key",
          .failed(.router, remedy: "check that router.url leads to a NOMYO router, path included")))
      return nil
    }
    let timing = "\(Int(response.timing.total / .milliseconds(1))) ms"
    if settings.router.url.scheme == .http {
      tell(
        DoctorStep(
          name, "clear text, \(timing)",
          .warned(
            remedy: "prompts are sealed all the same, the API key is not; use https:// outside development")))
    } else {
      tell(DoctorStep(name, "TLS, \(response.timing.http2 ? "HTTP/2" : "HTTP/1.1"), \(timing)"))
    }
    return response.body
  }
}
