import Glibc
import Listener
import Service
import Settings
import Testing

@testable import Daemon

@Suite struct ListenPlanTests {
  /// A listening socket on a port of the kernel's choice, as systemd would pass it in.
  private final class PassedSocket {
    let socket: ActivationSocket

    init(_ name: String, address: String = "127.0.0.1") {
      let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var bound = sockaddr_in()
      bound.sin_family = sa_family_t(AF_INET)
      inet_pton(AF_INET, address, &bound.sin_addr)
      withUnsafePointer(to: &bound) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          _ = bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      socket = ActivationSocket(descriptor: descriptor, name: name)
    }

    deinit { close(socket.descriptor) }
  }

  /// Settings as the loader makes them, so that the source of `listen` is known.
  private func settings(_ listen: String?) throws -> Settings {
    struct NoFiles: FileReading {
      func read(_ path: String, limit: Int) throws(FileFault) -> FileContents { throw .missing }
    }
    let environment = listen.map { ["NOMYO_PROXY_LISTEN": $0] } ?? [:]
    return try SettingsLoader.load(
      SettingsSources(environment: environment, files: NoFiles()), readsSecrets: false)
  }

  private func plan(_ listen: String?, _ passed: [PassedSocket]) throws -> ListenPlan {
    let settings = try settings(listen)
    var faults: [ConfigurationFault] = []
    let addresses = Daemon.addresses(settings, &faults)
    #expect(faults.isEmpty)
    return try ListenPlan(settings, addresses: addresses, passed: passed.map(\.socket))
  }

  @Test func `without sockets the default address is bound`() throws {
    let plan = try plan(nil, [])
    #expect(plan.addresses.map(\.description) == ["127.0.0.1:12439"])
    #expect(plan.inherited.isEmpty)
  }

  @Test func `sockets that are passed in take the default's place`() throws {
    let plan = try plan(nil, [PassedSocket("http")])
    #expect(plan.addresses.isEmpty)
    #expect(plan.inherited.map(\.name) == ["http"])
  }

  @Test func `an entry names all sockets or some, beside addresses`() throws {
    let sockets = [PassedSocket("one"), PassedSocket("two")]
    #expect(try plan("systemd", sockets).inherited.map(\.name) == ["one", "two"])
    let some = try plan("127.0.0.1:0,systemd:two", sockets)
    #expect(some.inherited.map(\.name) == ["two"])
    #expect(some.unwanted.map(\.name) == ["one"])
    #expect(some.addresses.map(\.description) == ["127.0.0.1:0"])
  }

  @Test func `an entry for TLS takes its socket out of what the others take`() throws {
    let plan = try plan("systemd,tls:systemd:two", [PassedSocket("one"), PassedSocket("two")])
    #expect(plan.inherited.map(\.name) == ["one"])
    #expect(plan.secure.inherited.map(\.name) == ["two"])
    #expect(plan.unwanted.isEmpty && plan.secure.addresses.isEmpty)
  }

  @Test func `an address is spoken to in one way`() throws {
    let plan = try plan("127.0.0.1:1,tls:127.0.0.1:2,tls:localhost:3", [])
    #expect(plan.addresses.map(\.description) == ["127.0.0.1:1"])
    #expect(plan.secure.addresses.map(\.description) == ["127.0.0.1:2", "localhost:3"])
    for listen in ["127.0.0.1:1,tls:127.0.0.1:1", "tls:127.0.0.1:1,127.0.0.1:1"] {
      let faults = #expect(throws: ConfigurationFaults.self) { try self.plan(listen, []) }
      #expect(faults?.faults.map(\.description).joined().contains("with and without tls:") == true)
    }
  }

  @Test(arguments: ["systemd", "systemd:other", "tls:systemd:other"])
  func `an entry without its socket is a fault`(listen: String) throws {
    let sockets = listen == "systemd" ? [] : [PassedSocket("one")]
    let faults = #expect(throws: ConfigurationFaults.self) { try plan(listen, sockets) }
    #expect(faults?.faults.map(\.key) == ["listen"])
  }

  @Test func `a socket that others could reach is refused`() {
    let faults = #expect(throws: ConfigurationFaults.self) {
      try plan("systemd", [PassedSocket("open", address: "0.0.0.0")])
    }
    #expect(faults?.faults.first?.problem.contains("open") == true)
  }

  @Test func `with tokens it is taken, and refused again by a reload that takes the tokens away`() throws {
    var settings = try settings("systemd")
    (settings.access.allowRemote, settings.access.tokensFile) = (true, "/tokens")
    let passed = PassedSocket("open", address: "0.0.0.0")
    let plan = try ListenPlan(settings, addresses: [], passed: [passed.socket])
    #expect(plan.inherited.map(\.name) == ["open"] && plan.remoteFaults(settings).isEmpty)
    settings.access.tokensFile = nil
    #expect(plan.remoteFaults(settings).map(\.key) == ["listen"])
  }
}
