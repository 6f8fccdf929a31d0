import Glibc

/// One input: a piece of a request's head, or an address to listen on.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequestHead(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  judge(start, count) { bytes in
    var choices = Choices(bytes)
    let kind = choices.byte() % 6
    let text = String(decoding: choices.material, as: UTF8.self)
    switch kind {
    case 0: checkTarget(text)
    case 1: checkAuthority(text)
    case 2: checkOrigin(text)
    case 3: checkListenAddress(text)
    case 4: checkPercentEncoding(text)
    default: checkMediaType(text)
    }
  }
}

/// The parts of a target make it again.
private func checkTarget(_ text: String) {
  guard let target = RequestTarget(text, isOptions: text.utf8.count % 2 == 0) else { return }
  require(text.utf8.allSatisfy { 0x21...0x7E ~= $0 }, "takes characters that no target has")
  require(target.path == "*" || target.path.utf8.first == UInt8(ascii: "/"), "a path that is none")
  require(!target.path.utf8.contains(UInt8(ascii: "?")), "a query in the path")
  let tail = target.path + (target.query.map { "?" + $0 } ?? "")
  guard let authority = target.authority else { return require(tail == text, "another target") }
  require(!authority.isEmpty && !authority.contains("/"), "an authority that is none")
  let ends = [authority + tail, authority + tail.dropFirst()]
  require(ends.contains { text.hasSuffix($0) }, "another absolute target")
}

/// A host has one spelling, and is of this machine only where the system's own reader of addresses says so.
private func checkHost(_ host: Hostname) {
  require(Hostname(host.text) == host, "a host that is another when it is read again")
  require(
    host.text.utf8.allSatisfy { 0x21...0x7E ~= $0 && !($0 >= 0x41 && $0 <= 0x5A) }, "a host of odd characters"
  )
  var (four, six) = (in_addr(), in6_addr())
  let isFour = inet_pton(AF_INET, host.text, &four) == 1
  let isSix = inet_pton(AF_INET6, host.text, &six) == 1
  require(host.isAddress == (isFour || isSix), "an address that is none, or none that is one")
  if isFour {
    require(host.isLoopback == (UInt32(bigEndian: four.s_addr) >> 24 == 127), "another machine's address")
  }
  if isSix { require(host.isLoopback == (host.text == "::1"), "another machine's address") }
  // What inet_aton(3) takes for an address of this machine is no name.
  if !host.isAddress { require(inet_aton(host.text, &four) == 0, "an address that looks like a name") }
}

private func checkAuthority(_ text: String) {
  if let host = Hostname(text) { checkHost(host) }
  guard let authority = Authority(text) else { return }
  checkHost(authority.host)
  require(!text.contains { "/@?#\\ \t".contains($0) }, "an authority with more in it")
  let port = authority.port
  require(port.map { 0...65535 ~= $0 } ?? true, "a port out of range")
  let isSix = authority.host.text.contains(":")
  let spelled = isSix ? "[\(authority.host.text)]" : authority.host.text
  require(Authority(spelled + (port.map { ":\($0)" } ?? "")) == authority, "the authority does not come back")
  if HostRule.loopback.allows(authority.host) { require(authority.host.isLoopback, "not this machine") }
}

/// An origin that a rule of exactly it allows is no other; `loopback` allows this machine's only.
private func checkOrigin(_ text: String) {
  if OriginRule.loopback.allows(text) {
    require(
      text.lowercased().hasPrefix("http://") || text.lowercased().hasPrefix("https://"), "another scheme")
    let authority = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).last ?? ""
    require(Authority(authority)?.host.isLoopback == true, "an origin of another machine")
  }
  let parts = text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
  guard let rule = OriginRule(String(parts[0])) else { return }
  let origin = String(parts.last ?? "")
  guard rule.allows(origin), case .tuple(let scheme, .exactly(let host), _) = rule else { return }
  require(origin.lowercased().hasPrefix("\(scheme)://"), "an origin of another scheme")
  let authority = origin.dropFirst(scheme.count + 3)
  require(Authority(authority)?.host == host, "an origin of another host")
}

private func checkListenAddress(_ text: String) {
  do throws(ListenAddressError) {
    let address = try ListenAddress(parsing: text)
    do throws(ListenAddressError) {
      let again = try ListenAddress(parsing: address.description)
      require(again == address, "the address does not come back")
    } catch { require(false, "the written address is refused: \(error)") }
    if case .tcp(let host, let port) = address {
      require(!host.isEmpty && 0...65535 ~= port, "no host and port")
      if address.isLoopback {
        require(host.lowercased() == "localhost" || Hostname(host)?.isLoopback == true, "remote")
      }
    }
  } catch {
    require(!error.description.isEmpty, "refused without a reason")
  }
}

private func checkPercentEncoding(_ text: String) {
  let escaped = text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  require(
    PercentEncoding.decoded(escaped).map { Array($0.utf8) } == Array(text.utf8), "escapes do not come back")
  guard let decoded = PercentEncoding.decoded(text) else {
    return require(text.contains("%"), "refuses a text without escapes")
  }
  require(decoded.utf8.count <= text.utf8.count, "decoding makes more")
}

/// A page is heard when a browser reads JSON in the type that it says (Fetch, and the grammar of RFC 9110 section 8.3.1).
private func checkMediaType(_ text: String) {
  let isPage = MediaType.mayBeJSON(text, isBrowser: true)
  let named = Array(text.utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)[0])
  let inside = named.split(omittingEmptySubsequences: false) { $0 == 0x20 || $0 == 0x09 }.filter {
    !$0.isEmpty
  }
  // One run of bytes between blanks, or the type is none.
  var isJSON = false
  if inside.count == 1 {
    let parts = String(decoding: inside[0], as: UTF8.self).lowercased()
      .split(separator: "/", omittingEmptySubsequences: false)
    let isToken = inside[0].allSatisfy { 0x21...0x7E ~= $0 && !#"(),:;<=>?@[\]{}""#.utf8.contains($0) }
    isJSON =
      isToken && parts.count == 2 && parts[0] == "application"
      && (parts[1] == "json" || parts[1].hasSuffix("+json"))
  }
  require(isPage == isJSON, isPage ? "hears a page that says no JSON" : "does not hear a page that says JSON")
  require(!isPage || MediaType.mayBeJSON(text, isBrowser: false), "stricter with programs than with pages")
}
