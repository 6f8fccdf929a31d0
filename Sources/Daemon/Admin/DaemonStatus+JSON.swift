import ClientKeys
import JSONText
import Pacing
import Platform
import RouterTrust

/// The one writer of the status document.
///
/// Member names are a promise to scripts: they may be added to, and none changes its name or its meaning. Times are
/// seconds since 1970, `null` stands for what there is not.
extension DaemonStatus {
  /// The body of `GET /status`.
  public var json: [UInt8] {
    var writer = JSONWriter(reservingCapacity: 1536)
    writer.beginObject()
    writer.member("version", version)
    writer.member("pid", pid)
    writer.member("started_at", startedAt)
    writer.member("uptime_s", uptime)
    writer.member("taken_at", takenAt)
    writer.optionalMember("configuration_file", configurationFile)
    writer.member("ready", isReady)
    writer.name("waiting_for")
    writer.beginArray()
    for want in waitingFor { writer.string(want) }
    writer.endArray()
    writer.optionalMember("reason", reason)
    writer.name("client_keys")
    clientKeys.write(to: &writer)
    writer.name("router_key")
    routerKey.write(to: &writer)
    writer.name("memory")
    memory.write(to: &writer)
    writer.name("exchanges")
    exchanges.write(to: &writer)
    writer.name("pacing")
    pacing.write(to: &writer)
    writer.name("last_reload")
    if let lastReload { lastReload.write(to: &writer) } else { writer.null() }
    writer.endObject()
    return writer.bytes
  }
}

extension DaemonStatus.Exchanges {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("in_flight", inFlight)
    writer.member("answered", answered)
    writer.member("failed", failed)
    writer.member("refused", refused)
    writer.member("retries", retries)
    writer.name("last_failure")
    if let lastFailure {
      writer.beginObject()
      writer.member("class", lastFailure.name)
      writer.member("at", lastFailure.at)
      writer.endObject()
    } else {
      writer.null()
    }
    writer.endObject()
  }
}

extension ReloadOutcome {
  /// The body of the answer to `POST /reload`, and a part of the status.
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("at", at)
    writer.member("ok", isTaken)
    writer.name("changed")
    writer.beginArray()
    for name in changed { writer.string(name) }
    writer.endArray()
    writer.name("faults")
    writer.beginArray()
    for fault in faults { writer.string(fault) }
    writer.endArray()
    writer.endObject()
  }
}

extension PacingOverview {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("waiting", waiting)
    writer.member("callers", callers)
    writer.member("in_flight", inFlight)
    writer.optionalMember("held_by", cause?.rawValue)
    writer.optionalMember("held_for_ms", heldFor.map { $0.wholeMilliseconds })
    writer.optionalMember("pause_ms", pause.map { $0.wholeMilliseconds })
    writer.member("admitted", admitted)
    writer.name("refused")
    writer.beginObject()
    for (reason, count) in refused.sorted(by: { $0.key < $1.key }) { writer.member(reason, count) }
    writer.endObject()
    writer.endObject()
  }
}

extension Duration {
  fileprivate var wholeMilliseconds: Int { Int(self / .milliseconds(1)) }
}

extension ClientKeyStatus {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.name("current")
    if let current { current.write(to: &writer) } else { writer.null() }
    writer.optionalMember("next_rotation", nextRotation)
    writer.member("pool", pool)
    writer.member("pool_target", poolTarget)
    writer.member("waiting", waiting)
    writer.member("retiring", retiring)
    writer.member("generations", generations)
    writer.member("rotations", rotations)
    writer.optionalMember("last_failure", lastFailure)
    writer.endObject()
  }
}

extension ClientKeyStatus.Current {
  /// The body of the answer to `POST /rotate`, and a part of the status.
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("number", number)
    writer.member("created_at", createdAt)
    writer.member("uses", uses)
    writer.member("fingerprint", "\(fingerprint)")
    writer.member("bits", bits)
    writer.member("primes", primes)
    writer.endObject()
  }
}

extension RouterKeyStatus {
  /// The body of the answer to `POST /trust/accept`, and a part of the status.
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("router", router)
    writer.member("mode", mode.rawValue)
    writer.name("trusted")
    if let trusted {
      writer.beginObject()
      writer.member("fingerprint", "\(trusted.fingerprint)")
      writer.member("bits", trusted.bits)
      writer.member("fetched_at", trusted.fetchedAt)
      writer.member("accepted_by", trusted.acceptedBy)
      writer.endObject()
    } else {
      writer.null()
    }
    writer.optionalMember("refused", refused.map { "\($0)" })
    writer.optionalMember("last_look", lastLook)
    writer.optionalMember("last_failure", lastFailure)
    writer.optionalMember("age_s", age.map { Int($0.components.seconds) })
    writer.optionalMember("warning", warning)
    writer.endObject()
  }
}

extension SecureMemoryReport {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("mode", mode.rawValue)
    writer.member("locked", isLocked)
    writer.member("undumpable", isUndumpable)
    writer.member("fills_freed_memory", fillsFreedMemory)
    writer.member("secure_heap_bytes", secureHeapBytes)
    writer.optionalMember("remedy", remedy)
    writer.endObject()
  }
}

extension JSONWriter {
  fileprivate mutating func optionalMember(_ name: String, _ value: String?) {
    self.name(name)
    if let value { string(value) } else { null() }
  }

  fileprivate mutating func optionalMember(_ name: String, _ value: Int?) {
    self.name(name)
    if let value { integer(value) } else { null() }
  }
}
