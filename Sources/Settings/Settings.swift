public import Dialects
public import Envelope
public import Pacing
public import Platform
public import RouterTrust
public import Sealing
public import Tokens

/// The whole configuration as one checked value.
///
/// A fresh value holds the defaults of the contract; ``SettingKey/all`` gives them their names.
public struct Settings: Sendable {
  /// Where to listen: `host:port`, `unix:/path?mode=0660&group=NAME`, `systemd`, `systemd:NAME`.
  public var listen = ["127.0.0.1:12439"]
  /// The router and the way to it.
  public var router = Router()
  /// Who may call.
  public var access = Access()
  /// Names of models.
  public var models = Models()
  /// How far requests are mended.
  public var compat = Compat()
  /// Where embeddings are made.
  public var embeddings = Embeddings()
  /// Models with a task, for Enclava's routes.
  public var chatbots: [Chatbot] = []
  /// Streamed answers.
  public var stream = Stream()
  /// What is kept from the router.
  public var privacy = Privacy()
  /// Bounds on what is held at once.
  public var limits = Limits()
  /// The key pairs that answers are sealed to.
  public var keys = Keys()
  /// Where the operator reaches the running daemon.
  public var admin = Admin()
  /// Where a monitoring system looks.
  public var metrics = Metrics()
  /// The end of the process.
  public var shutdown = Shutdown()
  /// Logging.
  public var log = Log()

  /// Where each key's value came from, by key path; a key that is not in here has its default.
  ///
  /// The router's API key is in here as `router.api_key`.
  public internal(set) var provenance: [String: ConfigurationSource] = [:]
  /// What outlives the process is kept here; nil where there is no place for it.
  public internal(set) var stateDirectory: String?
  /// The configuration file that was read, if there was one.
  public internal(set) var file: String?
  /// What is worth a warning in the log though it is no fault.
  public internal(set) var warnings: [String] = []

  /// The defaults.
  public init() {}

  /// Where a key's value came from, for a fault that only another module can find.
  public func source(of key: String) -> ConfigurationSource {
    provenance[key] ?? .builtIn
  }

  /// The router and the way to it.
  public struct Router: Sendable, Equatable {
    /// The router's address.
    public var url = RouterURL.nomyo
    /// Whether an `http` address is accepted.
    public var allowHTTP = false
    /// The file that holds the router's API key, when one is named.
    public var apiKeyFile: String?
    /// The router's API key, from whichever source won; nil passes the caller's key on.
    public var apiKey: Secret?
    /// Certificate authorities to trust instead of the system's, as a PEM file.
    public var caFile: String?
    /// The proxy between this machine and the router.
    public var proxy = OutboundProxy.direct
    /// Router keys with fewer bits are refused.
    public var minimumKeyBits = 4096
    /// What makes the router's key one to seal for.
    public var trust = TrustMode.firstUse
    /// The router keys that are trusted without having been seen.
    public var pins: [KeyFingerprint] = []
    /// How often the router's key is looked at again.
    public var keyRefresh = Duration.seconds(15 * 60)
    /// The tier to ask for when a request names none.
    public var securityTier: SecurityTier?
    /// The time that a connection may take to come about.
    public var connectTimeout = Duration.seconds(10)
    /// The time that an answer may take.
    public var responseTimeout = Duration.seconds(900)
    /// How many times a request is sent again after a failure that may pass.
    public var retries = 2
    /// How fast requests go out under one API key.
    public var rate = Rate()
  }

  /// How fast requests go to the router under one API key, and how long they wait for it (PROTOCOL.md section 5).
  public struct Rate: Sendable, Equatable {
    /// The limits.
    public var policy = PacingPolicy()
    /// Which requests count.
    public var scope = PacedRequests.authenticated
  }

  /// Who may call.
  public struct Access: Sendable, Equatable {
    /// Allowed hosts of the `Host` header, any port; `loopback` is every loopback name and literal.
    public var hosts = ["loopback"]
    /// Allowed values of the `Origin` header; `loopback` is `http` and `https` on loopback hosts, any port.
    public var origins = [
      "loopback", "app://obsidian.md", "vscode-webview://*", "vscode-file://*", "tauri://localhost",
    ]
    /// The file of local tokens, when one is named.
    public var tokensFile: String?
    /// The tokens in it; nil asks nobody for one.
    public var tokens: TokenList?
    /// The users who may come through a unix socket; empty: all whom its mode lets in.
    public var uids: [Int] = []
    /// Whether an address may be listened on that other machines reach.
    public var allowRemote = false
    /// Whether that may be so without tokens.
    public var unauthenticatedRemote = false
  }

  /// Names of models.
  public struct Models: Sendable, Equatable {
    /// The router's model for each local name.
    public var aliases: [String: String] = [:]
    /// The models to list; empty: ask the router.
    public var list: [String] = []
    /// Whether callers who ask for the list at the same time share one question to the router.
    public var singleFlight = true
  }

  /// How far requests are mended before they are sealed.
  public struct Compat: Sendable, Equatable {
    /// What happens to members that the router's documentation does not name.
    public var members = RequestPolicy.UndocumentedMembers.auto
    /// Whether messages are brought into the form that chat templates need.
    public var messages = RequestPolicy.MessageRepairs.auto
    /// What happens to images that are only named by a remote address.
    public var remoteImages = RequestPolicy.RemoteImages.refuse
  }

  /// Where embeddings are made.
  public struct Embeddings: Sendable, Equatable {
    /// The embedder on this machine; nil: embeddings are not to be had.
    public var url: EmbedderURL?
  }

  /// Streamed answers.
  public struct Stream: Sendable, Equatable {
    /// How long the status line waits for an early failure.
    public var commitAfter = Duration.seconds(5)
    /// The time between two heartbeats.
    public var keepalive = Duration.seconds(10)
  }

  /// What is kept from the router.
  public struct Privacy: Sendable, Equatable {
    /// Which identifying members are taken out before sealing.
    public var stripIdentifiers = RequestPolicy.StripIdentifiers.account
    /// Whether the length of a prompt is hidden in a size class.
    public var padRequests = true
    /// How far memory is protected.
    public var secureMemory = SecureMemoryMode.auto
  }

  /// Bounds on what is held at once.
  public struct Limits: Sendable, Equatable {
    /// The largest request body in bytes.
    public var request = 10 << 20
    /// The largest answer of the router in bytes.
    public var response = 64 << 20
    /// The most connections of callers at once.
    public var connections = 1024
    /// The most requests at once.
    public var inFlight = 256
    /// The most requests at once under one local token; 0: as many as there may be at all.
    public var inFlightPerToken = 128
    /// The most bytes of bodies at once.
    public var bodies = 256 << 20
    /// The most bytes of a head.
    public var headerBytes = 32 << 10
    /// The most fields of a head.
    public var headerCount = 128
    /// From the first byte of a head to its end.
    public var headerTimeout = Duration.seconds(30)
    /// From one piece of a body to the next.
    public var bodyTimeout = Duration.seconds(30)
    /// From an answer to the next request.
    public var idleTimeout = Duration.seconds(75)
    /// From one piece of an answer that is taken to the next.
    public var writeTimeout = Duration.seconds(120)
    /// The most requests on one connection; 0: no limit.
    public var requestsPerConnection = 10_000
  }

  /// The key pairs that answers are sealed to.
  public struct Keys: Sendable, Equatable {
    /// Where the pair lives.
    public var mode = KeyStorage.memory
    /// The directory of the pair, once all sources are read; nil in memory.
    public var directory: String?
    /// The file that holds the password of the stored key, when one is named.
    public var passwordFile: String?
    /// The password of the stored key; nil stores it plain.
    public var password: Secret?
    /// The age at which a pair is replaced; zero: never by age.
    public var rotateEvery = Duration.seconds(3600)
    /// How many requests a pair is announced in; 0: no limit.
    public var maxUses = 0
    /// How many pairs are made ahead.
    public var pool = 2
    /// The size of the RSA modulus in bits.
    public var bits = 4096
    /// How many primes the modulus has (RFC 8017 section 3).
    public var primes = 2
  }

  /// Where the operator reaches the running daemon.
  public struct Admin: Sendable, Equatable {
    /// `unix:/path?mode=0600`, a loopback `host:port` or `none`, once all sources are read; nil where there is no
    /// runtime directory.
    public var entry: String?
    /// The address, nil for nowhere.
    public var listen: String? { entry == "none" ? nil : entry }
  }

  /// Where a monitoring system looks.
  public struct Metrics: Sendable, Equatable {
    /// `host:port`, `unix:/path?mode=0660` or `none`; nil when not set.
    public var entry: String?
    /// The address, nil for nowhere.
    public var listen: String? { entry == "none" ? nil : entry }
  }

  /// The end of the process.
  public struct Shutdown: Sendable, Equatable {
    /// The time that requests in flight get to finish.
    public var drain = Duration.seconds(120)
  }

  /// Logging.
  public struct Log: Sendable, Equatable {
    /// The least important level that is written.
    public var level = LogLevel.info
    /// The form of a line.
    public var format = LogFormat.auto
  }
}

/// Where the client key pair lives.
public enum KeyStorage: String, Sendable, CaseIterable {
  /// In this process and nowhere else.
  case memory
  /// In a directory laid out as NOMYO's own tools do (PROTOCOL.md section 3).
  case directory
}

/// The way out of this machine.
public enum OutboundProxy: Sendable, Equatable {
  /// Straight to the router, whatever the `*_PROXY` variables say.
  case direct
  /// As the `*_PROXY` variables say.
  case environment
  /// Through this proxy: `http`, `https`, `socks5` or `socks5h`.
  case url(String)
}

/// The levels of swift-log, by their names there.
public enum LogLevel: String, Sendable, CaseIterable {
  /// Every step.
  case trace
  /// What helps a developer.
  case debug
  /// What an operator reads on a good day.
  case info
  /// Unusual but right.
  case notice
  /// Wrong but healed.
  case warning
  /// Something failed.
  case error
  /// The service cannot go on.
  case critical
}

/// The form of a log line.
public enum LogFormat: String, Sendable, CaseIterable {
  /// The journal under systemd, text on a terminal, otherwise JSON.
  case auto
  /// For people.
  case text
  /// One JSON object on each line.
  case json
  /// systemd's journal, with fields.
  case journal
}
