import Listener
import Logging
import Settings

extension Daemon {
  /// The policy of both lists, nil where an entry is wrong; each that is adds to `faults`.
  static func accessPolicy(_ settings: Settings, _ faults: inout [ConfigurationFault]) -> AccessPolicy? {
    let (hosts, origins) = (settings.access.hosts, settings.access.origins)
    for entry in hosts where (try? AccessPolicy(hosts: [entry], origins: [])) == nil {
      faults.append(
        fault(
          settings, "access.hosts", "\(entry) is no host",
          allowed: "loopback, addresses, or a host without a port"))
    }
    for entry in origins where (try? AccessPolicy(hosts: [], origins: [entry])) == nil {
      faults.append(
        fault(
          settings, "access.origins", "\(entry) is no origin", allowed: "loopback, or SCHEME://HOST[:PORT]"))
    }
    return try? AccessPolicy(
      hosts: hosts, origins: origins, users: Set(settings.access.uids.map(UInt32.init(clamping:))))
  }

  /// The policy of the operator's listener, whose socket has an owner and a mode of its own: `access.uids` is about callers.
  var adminAccess: AccessPolicy? {
    try? AccessPolicy(hosts: settings.access.hosts, origins: settings.access.origins)
  }

  /// Says what follows from listening where other machines reach it.
  func warnOfRemote(_ addresses: [OpenAddress]) {
    let open = addresses.filter { !$0.bound.isLoopback }
    guard !open.isEmpty else { return }
    let metadata = Self.metadata(open)
    if settings.access.tokensFile == nil {
      logger.warning(
        "EVERYBODY WHO REACHES THIS ADDRESS CAN SPEND THE API KEY: access.unauthenticated_remote is true",
        metadata: metadata)
    }
    let clear = open.filter { !$0.isTLS }
    if !clear.isEmpty {
      logger.warning(
        "clear text: whoever is on the way to this address can read callers' tokens, prompts and answers",
        metadata: Self.metadata(clear))
    }
    if settings.access.hosts == ["loopback"] {
      logger.warning(
        "callers from other machines are refused: access.hosts allows loopback names only",
        metadata: metadata)
    }
  }

  private static func metadata(_ addresses: [OpenAddress]) -> Logger.Metadata {
    ["address": "\(addresses.map(\.description).joined(separator: " "))"]
  }
}

/// Why an address may not be listened on that other machines can reach.
struct RemoteObstacle {
  let problem: String
  /// What would take it away.
  let remedy: String

  /// nil where there is none.
  init?(_ settings: Settings) {
    let access = settings.access
    guard access.allowRemote else {
      problem = "whoever reaches it could spend the API key"
      remedy = "others with access.allow_remote = true and access.tokens_file"
      return
    }
    guard access.tokensFile == nil, !access.unauthenticatedRemote else { return nil }
    problem = "access.allow_remote is true, but without tokens whoever reaches it could spend the API key"
    remedy =
      "others with access.tokens_file (`nomyo-proxy tokens new NAME`), or with access.unauthenticated_remote = true "
      + "where something else keeps strangers away"
  }
}
