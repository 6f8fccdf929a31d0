import Dialects
import Envelope
import HTTPTypes
import InMemoryLogging
import Listener
import Logging
import Platform
import Relay
import Settings
import Testing
import Upstream

@testable import Daemon

/// What only the modules concerned can judge in the settings.
@Suite struct ConfigurationTests {
  private func faults(_ change: (inout Settings) -> Void) -> [ConfigurationFault] {
    var settings = Settings()
    change(&settings)
    do throws(ConfigurationFaults) {
      _ = try Daemon(settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      return []
    } catch { return error.faults }
  }

  @Test func `the defaults are no fault`() {
    #expect(faults { _ in }.isEmpty)
  }

  @Test(arguments: [
    ["127.0.0.1:0"], ["127.1.2.3:80"], ["[::1]:12439"], ["localhost:12439"], ["unix:/run/x.sock?mode=0660"],
    ["127.0.0.1:1", "[::1]:1", "unix:/run/x.sock"],
  ])
  func `what only this machine reaches may be listened on`(listen: [String]) {
    #expect(faults { $0.listen = listen }.isEmpty)
  }

  @Test(arguments: [
    "0.0.0.0:12439", "[::]:12439", "192.168.1.5:12439", "example.com:12439", "localhost.example.com:80",
    "[::ffff:127.0.0.1]:80", "[fe80::1]:80", "128.0.0.1:80",
  ])
  func `what others could reach is refused`(entry: String) throws {
    let found = faults { $0.listen = [entry] }
    try #require(found.count == 1)
    #expect(found[0].key == "listen")
    #expect(found[0].problem.hasPrefix("\(entry) is not a loopback address"))
    #expect(found[0].allowed.contains("127.0.0.1:PORT"))
    #expect(found[0].allowed.contains("access.allow_remote = true and access.tokens_file"))
    // Leave alone is not enough, and neither is what has no effect by itself.
    for (remote, unauthenticated) in [(true, false), (false, true)] {
      let found = faults {
        $0.listen = [entry]
        $0.access.allowRemote = remote
        $0.access.unauthenticatedRemote = unauthenticated
      }
      #expect(found.map(\.key) == ["listen"])
      #expect(found[0].allowed.contains("access.unauthenticated_remote = true") == remote)
    }
  }

  @Test func `what others could reach may be listened on with tokens, or by an explicit word`() {
    let found = faults {
      ($0.listen, $0.access.allowRemote) = (["0.0.0.0:1", "[::]:1", "gateway.lan:1"], true)
      $0.access.tokensFile = "/tokens"
    }
    #expect(found.isEmpty)
    let open = faults {
      ($0.listen, $0.access.allowRemote) = (["0.0.0.0:1"], true)
      $0.access.unauthenticatedRemote = true
    }
    #expect(open.isEmpty)
    let admin = faults {
      ($0.admin.entry, $0.access.allowRemote, $0.access.tokensFile) = ("0.0.0.0:1", true, "/tokens")
    }
    #expect(admin.map(\.key) == ["admin.listen"])
  }

  @Test func `listening for others is warned of, loudly without tokens`() throws {
    func warnings(
      _ change: (inout Settings) -> Void, _ bound: BoundAddress, isTLS: Bool = false
    ) throws -> [String] {
      var settings = Settings()
      change(&settings)
      let log = InMemoryLogHandler()
      let daemon = try Daemon(settings, logger: Logger(label: "test") { _ in log })
      daemon.warnOfRemote([
        OpenAddress(bound: .tcp(address: "127.0.0.1", port: 1), isTLS: false),
        OpenAddress(bound: .unix(path: "/s"), isTLS: false), OpenAddress(bound: bound, isTLS: isTLS),
      ])
      for entry in log.entries {
        #expect(entry.metadata["address"] == (isTLS ? "tls:10.1.2.3:1" : "10.1.2.3:1"))
      }
      return log.entries.map { "\($0.level) \($0.message)" }
    }
    let remote = BoundAddress.tcp(address: "10.1.2.3", port: 1)
    #expect(try warnings({ _ in }, .tcp(address: "::1", port: 1)).isEmpty)
    let open = try warnings({ _ in }, remote)
    #expect(open.count == 3 && open[0].hasPrefix("warning EVERYBODY WHO REACHES THIS ADDRESS"))
    let closed: (inout Settings) -> Void = {
      $0.access.tokensFile = "/tokens"
      $0.access.hosts = ["loopback", "gateway.lan"]
    }
    let clear = try warnings(closed, remote)
    #expect(clear.count == 1 && clear[0].hasPrefix("warning clear text"))
    #expect(try warnings(closed, remote, isTLS: true).isEmpty)
  }

  @Test func `access.uids is about callers, and locks no operator out`() throws {
    var settings = Settings()
    settings.access.uids = [4711]
    let daemon = try Daemon(settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    func head(_ user: UInt32) -> RequestHead {
      RequestHead(method: .get, path: "/", peer: .unix(uid: user, gid: 0, pid: 1))
    }
    #expect(daemon.access.refusal(for: head(0)) == .user && daemon.access.refusal(for: head(4711)) == nil)
    #expect(daemon.adminAccess?.refusal(for: head(0)) == nil)
  }

  @Test(arguments: ["127.0.0.1", "127.0.0.1:x", "127.0.0.1:65536", "unix:relative", "unix:/x?mode=9", ":80"])
  func `what is no address is refused with the reason`(entry: String) throws {
    let found = faults { $0.listen = [entry] }
    try #require(found.count == 1)
    #expect(found[0].problem.hasPrefix("\(entry): "))
  }

  @Test func `every fault is told at once, each with its source`() {
    let found = faults {
      $0.listen = ["127.0.0.1:80", "0.0.0.0:80", "nonsense"]
      $0.access.hosts = ["loopback", "two words", "host:80"]
      $0.access.origins = ["loopback", "nonsense", "http://"]
    }
    #expect(
      found.map(\.key) == [
        "listen", "listen", "access.hosts", "access.hosts", "access.origins", "access.origins",
      ])
    #expect(found.allSatisfy { $0.source == .builtIn })
    #expect(found.map(\.description).allSatisfy { $0.contains("; allowed: ") })
  }

  @Test func `access entries have their examples in the fault`() {
    let found = faults {
      $0.access.hosts = ["127.1"]
      $0.access.origins = ["localhost"]
    }
    #expect(found.map(\.problem) == ["127.1 is no host", "localhost is no origin"])
  }

  @Test(arguments: [
    ("127.0.0.1:8080", "http://localhost:8080/v1", 1), ("[::1]:8080", "http://[::1]:8080", 1),
    ("127.0.0.1:8080", "http://127.0.0.1:8081/v1", 0),
  ])
  func `an embedder that is this daemon is a fault`(listen: String, url: String, count: Int) {
    let found = faults {
      $0.listen = [listen]
      $0.embeddings.url = EmbedderURL(url)
    }
    #expect(found.filter { $0.key == "embeddings.url" }.count == count)
  }

  @Test func `the modules get what the settings say`() throws {
    var settings = Settings()
    settings.router.apiKey = Secret("sk-configured")
    settings.router.allowHTTP = true
    settings.router.caFile = "/ca.pem"
    settings.router.connectTimeout = .seconds(3)
    settings.router.responseTimeout = .seconds(33)
    settings.router.securityTier = .high
    settings.router.proxy = .url("http://proxy:1")
    settings.limits.connections = 5
    settings.limits.inFlight = 6
    settings.limits.request = 7
    (settings.limits.headerBytes, settings.limits.headerCount) = (2000, 20)
    (settings.limits.headerTimeout, settings.limits.bodyTimeout) = (.seconds(2), .seconds(3))
    (settings.limits.idleTimeout, settings.limits.writeTimeout) = (.seconds(4), .seconds(5))
    (settings.limits.requestsPerConnection, settings.limits.bodies) = (21, 22 << 20)
    settings.stream.commitAfter = .seconds(8)
    settings.stream.keepalive = .seconds(9)
    settings.privacy.stripIdentifiers = .all
    settings.models.aliases = ["a": "b"]
    let daemon = try Daemon(settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    #expect(daemon.listenerLimits(openFiles: 65536).maxConnections == 5)
    #expect(daemon.callerLimits.maxHeaderBytes == 2000 && daemon.callerLimits.maxHeaderFields == 20)
    #expect(
      daemon.callerLimits.headerTimeout == .seconds(2) && daemon.callerLimits.bodyTimeout == .seconds(3))
    #expect(daemon.callerLimits.idleTimeout == .seconds(4) && daemon.callerLimits.writeTimeout == .seconds(5))
    #expect(daemon.callerLimits.requestsPerConnection == 21 && daemon.callerLimits.bodyRoom == 22 << 20)
    let upstream = daemon.upstreamOptions
    #expect(upstream.caFile == "/ca.pem" && upstream.allowHTTP && upstream.proxy == .url("http://proxy:1"))
    #expect(upstream.connectTimeout == .seconds(3) && upstream.responseTimeout == .seconds(33))
    let relay = daemon.relayConfiguration(embedder: nil)
    #expect(relay.apiKey == Secret("sk-configured") && relay.securityTier == .high)
    #expect(relay.inFlightLimit == 6 && relay.requestLimit == 7)
    #expect(relay.responseTimeout == .seconds(33))
    #expect(relay.pacing.commitAfter == .seconds(8) && relay.pacing.keepalive == .seconds(9))
    #expect(relay.policy.stripIdentifiers == .all && relay.policy.aliases == ["a": "b"])
  }

  @Test func `without a proxy setting the environment's is not asked`() throws {
    let daemon = try Daemon(Settings(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    #expect(daemon.upstreamOptions.proxy == .none)
    #expect(!daemon.upstreamOptions.allowHTTP)
  }

  @Test(arguments: [(65536, 1024), (1024, 640), (512, 128), (100, 16)])
  func `connections never outrun the files that may be open`(openFiles: Int, connections: Int) throws {
    let daemon = try Daemon(Settings(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    #expect(daemon.listenerLimits(openFiles: openFiles).maxConnections == connections)
  }
}
