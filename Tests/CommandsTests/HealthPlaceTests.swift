import Foundation
import Testing

@testable import Commands

@Suite struct HealthPlaceTests {
  @Test(
    arguments: [
      (["127.0.0.1:1"], "http://127.0.0.1:1", nil), (["[::1]:2"], "http://[::1]:2", nil),
      (["unix:/run/a.sock?mode=0600"], "http://localhost", "/run/a.sock"),
      (["systemd", "unix:/a", "localhost:3"], "http://localhost:3", nil),
      (["tls:systemd:a", "tls:127.0.0.1:4"], "https://127.0.0.1:4", nil),
      (["tls:127.0.0.1:4", "127.0.0.1:5"], "http://127.0.0.1:5", nil),
      (["unix:/a", "tls:[::1]:4"], "https://[::1]:4", nil),
      (["tls:0.0.0.0:6"], "https://127.0.0.1:6", nil), (["0.0.0.0:6"], "http://127.0.0.1:6", nil),
      (["tls:[::]:7"], "https://[::1]:7", nil), (["[::]:7"], "http://[::1]:7", nil),
    ] as [([String], String, String?)])
  func `a port is asked before a socket, and each by its own way`(
    listen: [String], url: String, path: String?
  )
    throws
  {
    let place = try #require(HealthCommand.place(listen))
    #expect(place.baseURL == url && place.socketPath == path)
  }

  @Test func `sockets of systemd cannot be asked`() {
    #expect(HealthCommand.place(["systemd", "systemd:a"]) == nil)
  }

  /// What asks the router must never be told to believe whoever answers, so nobody else may name the option.
  @Test func `only a question to this machine is asked of a server that is not verified`() throws {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources")
    let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    var naming: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      if try String(contentsOf: file, encoding: .utf8).contains("verifiesServer") {
        naming.insert(file.lastPathComponent)
      }
    }
    #expect(naming == ["UpstreamOptions.swift", "EasySetup.swift", "LocalAddress.swift"])
  }
}
