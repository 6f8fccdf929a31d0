public import ClientKeys
import JSONText
import Pacing
import Platform
public import RouterTrust
import Sealing

/// A document from the admin listener that is not what this version of the program expects.
public struct UnreadableStatus: Error, Equatable, CustomStringConvertible {
  /// The member that is missing or of another kind; empty when the text is no JSON object at all.
  public let member: String

  /// What is wrong, for people.
  public var description: String {
    member.isEmpty ? "the answer is not a JSON object" : "the answer has no usable member \(member)"
  }
}

/// The one reader of what the one writer wrote. Members that it does not know are left alone.
extension DaemonStatus {
  /// Reads a status document.
  public init(json: [UInt8]) throws(UnreadableStatus) {
    let object = try StatusObject(document: json)
    self.init(
      version: try object.string("version"), pid: try object.integer("pid"),
      startedAt: try object.integer("started_at"), uptime: try object.integer("uptime_s"),
      takenAt: try object.integer("taken_at"),
      clientKeys: try ClientKeyStatus(object.object("client_keys")),
      routerKey: try RouterKeyStatus(object.object("router_key")),
      memory: try SecureMemoryReport(object.object("memory")))
    configurationFile = try object.optional("configuration_file", StatusObject.string)
    waitingFor = try object.strings("waiting_for")
    reason = try object.optional("reason", StatusObject.string)
    exchanges = try Exchanges(object.object("exchanges"))
    pacing = try PacingOverview(object.object("pacing"))
    lastReload = try object.optional("last_reload", StatusObject.object)
      .map { object throws(UnreadableStatus) in try ReloadOutcome(object) }
  }
}

extension ReloadOutcome {
  /// Reads the answer to `POST /reload`.
  public init(json: [UInt8]) throws(UnreadableStatus) { try self.init(StatusObject(document: json)) }

  fileprivate init(_ object: StatusObject) throws(UnreadableStatus) {
    self.init(
      at: try object.integer("at"), changed: try object.strings("changed"),
      faults: try object.strings("faults"))
  }
}

extension DaemonStatus.Exchanges {
  fileprivate init(_ object: StatusObject) throws(UnreadableStatus) {
    inFlight = try object.integer("in_flight")
    answered = try object.integer("answered")
    failed = try object.integer("failed")
    refused = try object.integer("refused")
    retries = try object.integer("retries")
    if let failure = try object.optional("last_failure", StatusObject.object) {
      lastFailure = DaemonStatus.Failure(name: try failure.string("class"), at: try failure.integer("at"))
    }
  }
}

extension PacingOverview {
  fileprivate init(_ object: StatusObject) throws(UnreadableStatus) {
    self.init()
    waiting = try object.integer("waiting")
    callers = try object.integer("callers")
    inFlight = try object.integer("in_flight")
    cause = try object.optional("held_by", StatusObject.string).flatMap(BreakerCause.init(rawValue:))
    heldFor = try object.optional("held_for_ms", StatusObject.integer).map { .milliseconds($0) }
    pause = try object.optional("pause_ms", StatusObject.integer).map { .milliseconds($0) }
    admitted = try object.integer("admitted")
    let refused = try object.object("refused")
    for reason in PacingRefusal.Reason.all.map(\.name) {
      self.refused[reason] = try refused.optional(reason, StatusObject.integer)
    }
  }
}

extension ClientKeyStatus {
  fileprivate init(_ object: StatusObject) throws(UnreadableStatus) {
    self.init()
    if let current = try object.optional("current", StatusObject.object) {
      self.current = try Current(current)
    }
    nextRotation = try object.optional("next_rotation", StatusObject.integer)
    pool = try object.integer("pool")
    poolTarget = try object.integer("pool_target")
    waiting = try object.integer("waiting")
    retiring = try object.integer("retiring")
    generations = try object.integer("generations")
    rotations = try object.integer("rotations")
    lastFailure = try object.optional("last_failure", StatusObject.string)
  }
}

extension ClientKeyStatus.Current {
  /// Reads the answer to `POST /rotate`.
  public init(json: [UInt8]) throws(UnreadableStatus) { try self.init(StatusObject(document: json)) }

  fileprivate init(_ object: StatusObject) throws(UnreadableStatus) {
    self.init(
      number: try object.integer("number"), createdAt: try object.integer("created_at"),
      uses: try object.integer("uses"), fingerprint: try object.fingerprint("fingerprint"),
      bits: try object.integer("bits"), primes: try object.integer("primes"))
  }
}

extension RouterKeyStatus {
  /// Reads the answer to `POST /trust/accept`.
  public init(json: [UInt8]) throws(UnreadableStatus) { try self.init(StatusObject(document: json)) }

  fileprivate init(_ object: StatusObject) throws(UnreadableStatus) {
    guard let mode = TrustMode(rawValue: try object.string("mode")) else { throw object.lacks("mode") }
    self.init(router: try object.string("router"), mode: mode)
    if let trusted = try object.optional("trusted", StatusObject.object) {
      self.trusted = Trusted(
        fingerprint: try trusted.fingerprint("fingerprint"), bits: try trusted.integer("bits"),
        fetchedAt: try trusted.integer("fetched_at"), acceptedBy: try trusted.string("accepted_by"))
    }
    refused = try object.optional("refused", StatusObject.fingerprint)
    lastLook = try object.optional("last_look", StatusObject.integer)
    lastFailure = try object.optional("last_failure", StatusObject.string)
    age = try object.optional("age_s", StatusObject.integer).map { .seconds($0) }
    warning = try object.optional("warning", StatusObject.string)
  }
}

extension SecureMemoryReport {
  fileprivate init(_ object: StatusObject) throws(UnreadableStatus) {
    guard let mode = SecureMemoryMode(rawValue: try object.string("mode")) else { throw object.lacks("mode") }
    self.init(mode: mode)
    isLocked = try object.bool("locked")
    isUndumpable = try object.bool("undumpable")
    fillsFreedMemory = try object.bool("fills_freed_memory")
    secureHeapBytes = try object.integer("secure_heap_bytes")
    remedy = try object.optional("remedy", StatusObject.string)
  }
}

extension DaemonStatus {
  /// The message of an error that the admin listener answered with; nil when the text is no such error.
  public static func errorMessage(in json: [UInt8]) -> String? {
    try? StatusObject(document: json).object("error").string("message")
  }
}
