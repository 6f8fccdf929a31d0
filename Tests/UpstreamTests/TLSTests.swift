import Glibc
import Testing

@testable import Upstream

/// Whom TLS trusts, against `openssl s_server`.
@Suite(.timeLimit(.minutes(1))) struct TLSTests {
  private func failure(_ server: TLSServer, caFile: String?) async throws -> UpstreamError? {
    let upstream = try client { $0.caFile = caFile }
    return await upstream.failure(UpstreamRequest(url: "https://localhost:\(server.port)/"))
  }

  @Test func aCertificateOfOurAuthorityIsAccepted() async throws {
    let server = try TLSServer(name: "localhost")
    let upstream = try client { $0.caFile = server.certificate }
    let answer = try await upstream.send(UpstreamRequest(url: "https://localhost:\(server.port)/"))
    #expect(answer.status == 200)
    #expect(answer.text.contains("s_server"))
    #expect(answer.timing.tls >= answer.timing.connect && answer.timing.connect > .zero)
  }

  @Test func theCertificateIsGivenToWhoWantsIt() async throws {
    let server = try TLSServer(name: "localhost")
    let upstream = try client { $0.caFile = server.certificate }
    let url = "https://localhost:\(server.port)/"
    #expect(try await upstream.send(UpstreamRequest(url: url)).certificate == nil)
    let answer = try await upstream.send(UpstreamRequest(url: url, wantsCertificate: true))
    let file = try Shell("cat \(server.certificate)").output()
    #expect(answer.certificate.map(lines) == lines(file) && !file.isEmpty)
  }

  /// libcurl wraps and ends lines as OpenSSL does; only the end of the last one may differ.
  private func lines(_ pem: [UInt8]) -> [ArraySlice<UInt8>] { pem.split(separator: 0x0A) }

  @Test func clearTextHasNoCertificate() async throws {
    let server = try ScriptedServer { peer in
      _ = try peer.request()
      try peer.answer()
    }
    let answer = try await client().send(UpstreamRequest(url: server.url, wantsCertificate: true))
    #expect(answer.text == "ok" && answer.certificate == nil)
  }

  @Test func whoWantsTheCertificateHasAConnectionOfHisOwn() async throws {
    let server = try ScriptedServer { peer in
      while true {
        _ = try peer.request()
        try peer.answer("\(peer.number)")
      }
    }
    let upstream = try client()
    #expect(try await upstream.send(UpstreamRequest(url: server.url)).text == "0")
    #expect(try await upstream.send(UpstreamRequest(url: server.url)).text == "0")
    #expect(try await upstream.send(UpstreamRequest(url: server.url, wantsCertificate: true)).text == "1")
    #expect(server.accepted == 2)
  }

  @Test func aSelfSignedCertificateIsRefused() async throws {
    let server = try TLSServer(name: "localhost")
    guard case .tls(let reason) = try await failure(server, caFile: nil) else {
      Issue.record("not refused by TLS")
      return
    }
    #expect(reason.contains("self-signed certificate"))
  }

  @Test func aCertificateForAnotherNameIsRefused() async throws {
    let server = try TLSServer(name: "router.example")
    guard case .tls(let reason) = try await failure(server, caFile: server.certificate) else {
      Issue.record("not refused by TLS")
      return
    }
    #expect(reason.contains("localhost"))
  }

  @Test func whatACertificateSaysIsNoLineOfALog() {
    let quoted = "certificate subject name '\u{1B}[2J\r\nerror é' does not match"
    #expect(Transfer.oneLine(quoted) == "certificate subject name '?[2J??error ??' does not match")
    #expect(Transfer.oneLine(String(repeating: "x", count: 9000)).count == 200)
  }

  @Test func anAddressIsNotAName() async throws {
    let server = try TLSServer(name: "localhost")
    let upstream = try client { $0.caFile = server.certificate }
    guard case .tls = await upstream.failure(UpstreamRequest(url: "https://127.0.0.1:\(server.port)/")) else {
      Issue.record("not refused by TLS")
      return
    }
  }

  /// Debian's OpenSSL refuses TLS 1.1 by itself, so this one is told to take everything.
  @Test func oldVersionsAreRefused() async {
    await #expect(processExitsWith: .success) {
      let server = try TLSServer(name: "localhost", options: "-tls1_1 -cipher DEFAULT@SECLEVEL=0")
      setenv("OPENSSL_CONF", try server.laxConfiguration(), 1)
      // That client and server are able to is part of the test.
      #expect(try Shell.succeeds("openssl s_client -connect 127.0.0.1:\(server.port)"))
      let upstream = try client { $0.caFile = server.certificate }
      let failure = await upstream.failure(UpstreamRequest(url: "https://localhost:\(server.port)/"))
      guard case .handshake(let reason) = failure else {
        Issue.record("not refused by TLS")
        return
      }
      #expect(reason.contains("version"))
    }
  }

  @Test func aMissingAuthorityFileTrustsNobody() async throws {
    let server = try TLSServer(name: "localhost")
    guard case .tls = try await failure(server, caFile: "/nonexistent/authority.pem") else {
      Issue.record("not refused by TLS")
      return
    }
  }

  @Test func aServerThatSpeaksClearTextIsRefused() async throws {
    let server = try ScriptedServer { peer in
      try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
      peer.waitForEnd()
    }
    let upstream = try client()
    guard case .handshake = await upstream.failure(UpstreamRequest(url: "https://127.0.0.1:\(server.port)/"))
    else {
      Issue.record("not refused by TLS")
      return
    }
  }
}
