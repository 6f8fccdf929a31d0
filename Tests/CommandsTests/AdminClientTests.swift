import ArgumentParser
import ClientKeys
import Daemon
import Foundation
import Glibc
import HTTPTypes
import Listener
import Logging
import Platform
import Sealing
import Settings
import Testing

@testable import Commands

/// Answers every request alike.
private struct OneAnswer: Responder {
  let answer: OutboundAnswer

  func admit(_ head: RequestHead) -> Admission { .receive(bodyLimit: 4096) }

  func answer(toFault fault: ListenerFault, head: RequestHead?) -> OutboundAnswer {
    OutboundAnswer(status: fault.status)
  }

  func respond(to request: InboundRequest, through reply: Reply) async { try? await reply.send(answer) }
}

/// The client against a real server on a unix socket.
@Suite(.timeLimit(.minutes(1))) struct AdminClientTests {
  private let path = "/tmp/admin-test-\(UInt64.random(in: 0...(.max))).sock"

  private var settings: Settings {
    get throws {
      try SettingsLoader.load(
        SettingsSources(flags: ["admin.listen": "unix:\(path)"], environment: [:], files: ProcessFiles()))
    }
  }

  /// Lends a daemon that answers so.
  private func with(
    _ answer: OutboundAnswer, _ body: () async throws -> Void
  ) async throws {
    let server = HTTPServer(
      addresses: [.unix(path: path, mode: 0o600, user: nil, group: nil)],
      responder: OneAnswer(answer: answer),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    _ = try await server.start()
    try await body()
    _ = await server.stop(drain: .zero)
  }

  private func failure() async throws -> AdminFailure? {
    let settings = try settings
    do throws(AdminFailure) {
      _ = try await AdminClient.with(settings) { client throws(AdminFailure) in
        try await client.status().status
      }
      return nil
    } catch { return error }
  }

  @Test func `the status comes with the document that says so`() async throws {
    let sent = try StatusTextTests.healthy()
    try await with(OutboundAnswer(status: .ok, body: sent.json)) {
      let (settings, expected) = (try settings, sent.json)
      let got = try await AdminClient.with(settings) { client throws(AdminFailure) in
        try await client.status()
      }
      #expect(got.status == sent && got.document == expected)
    }
  }

  @Test func `where nobody listens, what to start is said`() async throws {
    let failure = try await failure()
    #expect(failure == .nobody("unix:\(path)") && failure?.exitCode.rawValue == 69)
    #expect(failure?.description.contains("`nomyo-proxy run`") == true)
  }

  @Test func `a socket that nobody listens on any more is nobody, too`() async throws {
    try await with(OutboundAnswer(status: .ok)) {}
    #expect(FileManager.default.createFile(atPath: path, contents: nil))
    defer { unlink(path) }
    #expect(try await failure() == .nobody("unix:\(path)"))
  }

  @Test func `what the daemon refuses is told in its words, which do not steer the terminal`() async throws {
    let body = Array("{\"error\":{\"message\":\"Do this.\\u001b[2J\"}}".utf8)
    try await with(OutboundAnswer(status: .conflict, body: body)) {
      let told = try await failure()
      #expect(told == .refused(status: 409, message: "Do this.?[2J"))
    }
  }

  @Test(arguments: ["", "{}", "<html>", #"{"version":1}"#])
  func `what is no daemon of ours is not taken for one`(body: String) async throws {
    try await with(OutboundAnswer(status: .ok, body: Array(body.utf8))) {
      guard case .unusable? = try await failure() else {
        Issue.record("taken: \(body)")
        return
      }
    }
  }

  @Test func `an error without words is no daemon of ours`() async throws {
    try await with(OutboundAnswer(status: .notFound, body: Array("nothing".utf8))) {
      guard case .unusable? = try await failure() else {
        Issue.record("taken")
        return
      }
    }
  }

  @Test func `without an address there is nothing to ask`() async throws {
    let settings = try SettingsLoader.load(SettingsSources(environment: [:], files: ProcessFiles()))
    await #expect(throws: AdminFailure.noAddress) {
      _ = try await AdminClient.with(settings) { client throws(AdminFailure) in
        try await client.status().status
      }
    }
  }
}
