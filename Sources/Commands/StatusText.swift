import ClientKeys
import Daemon
import Pacing
import Platform
import RouterTrust

/// A status as a table for people.
struct StatusText {
  let status: DaemonStatus

  private static let labelWidth = 15

  /// The whole table, with a line end after each line.
  var text: String {
    let head = "\(TerminalText.line(status.version)), process \(status.pid), up \(span(status.uptime))\n"
    let rows: [(String, [String])] =
      [
        ("configuration", [status.configurationFile.map(TerminalText.line) ?? "no file"]),
        ("ready", ready), ("client key", Self.clientKeys(status.clientKeys, at: status.takenAt)),
        ("router key", Self.routerKey(status.routerKey, at: status.takenAt)),
        ("memory", Self.memory(status.memory)), ("exchanges", [exchanges]),
        ("pacing", pacing),
      ] + (status.lastReload.map { [("reload", reload($0))] } ?? [])
    return head + rows.map { Self.row($0.0, $0.1) }.joined()
  }

  /// A label and its lines, the later ones below the first.
  static func row(_ label: String, _ lines: [String]) -> String {
    lines.enumerated().map { index, line in
      let label = index == 0 ? label : ""
      return label + String(repeating: " ", count: max(1, labelWidth - label.count)) + line + "\n"
    }.joined()
  }

  private var ready: [String] {
    if status.isReady { return ["yes"] }
    if status.isDraining { return ["NO, it stops, and answers what is in flight"] }
    let wants = status.waitingFor.map { TerminalText.line($0).replacing("_", with: " ") }
    return ["NO, waiting for \(wants.joined(separator: ", "))"]
      + (status.reason == status.routerKey.lastFailure
        ? [] : status.reason.map { [TerminalText.line($0)] } ?? [])
  }

  private var exchanges: String {
    let sums = status.exchanges
    return "\(sums.inFlight) in flight, \(sums.answered) answered, \(sums.failed) failed"
      + (sums.lastFailure.map { failure in
        let ago = span(WallClock.span(from: failure.at, to: status.takenAt))
        return " (the last \(TerminalText.line(failure.name)), \(ago) ago)"
      } ?? "") + ", \(sums.refused) refused, \(sums.retries) retries"
  }

  private func reload(_ last: ReloadOutcome) -> [String] {
    let ago = "\(span(WallClock.span(from: last.at, to: status.takenAt))) ago"
    guard last.isTaken else {
      return ["REFUSED \(ago), what was in force before still is"] + last.faults.map(TerminalText.line)
    }
    let changed = last.changed.isEmpty ? "nothing had changed" : last.changed.joined(separator: " ")
    return ["\(ago): \(TerminalText.line(changed))"]
  }

  private var pacing: [String] {
    let pacing = status.pacing
    let refused = pacing.refused.values.reduce(0, +)
    var lines = [
      "\(pacing.waiting) waiting, \(pacing.inFlight) at the router, \(pacing.admitted) let through, \(refused) not"
    ]
    if let cause = pacing.cause {
      let wait =
        switch pacing.heldFor {
        case nil: "trying now"
        case .zero?: "the next request tries"
        case let wait?: "next try in \(span(Int(wait.components.seconds) + 1))"
        }
      lines.append("NOTHING IS SENT: \(cause.rawValue.replacing("_", with: " ")); \(wait)")
    }
    if let pause = pacing.pause {
      lines.append("the router asked for a pause: \(span(Int(pause.components.seconds) + 1)) left")
    }
    return lines
  }

  // MARK: Keys

  /// The lines about client keys.
  static func clientKeys(_ keys: ClientKeyStatus, at now: Int) -> [String] {
    guard let current = keys.current else {
      let why =
        keys.generations == 0
        ? "none yet, the first is being made"
        : "every pair is used up, the next is being made; keys.pool and keys.primes make this rarer"
      return [why] + failure(keys.lastFailure)
    }
    let uses = current.uses == 1 ? "1 use" : "\(current.uses) uses"
    let next =
      keys.nextRotation.map { "next rotation in \(span(WallClock.span(from: now, to: $0)))" }
      ?? "no rotation by age"
    var lines = [
      "generation \(current.number), \(span(WallClock.span(from: current.createdAt, to: now))) old, \(uses), RSA-\(current.bits)"
        + (current.primes == 2 ? "" : " with \(current.primes) primes"),
      "\(current.fingerprint)",
      "\(next), \(keys.rotations) so far; \(keys.pool) of \(keys.poolTarget) made ahead",
    ]
    if keys.waiting > 0 { lines.append("\(keys.waiting) exchanges wait for an unused key") }
    if keys.retiring > 0 { lines.append("\(keys.retiring) replaced generations still in use") }
    return lines + failure(keys.lastFailure)
  }

  /// The lines about the router's key.
  static func routerKey(_ key: RouterKeyStatus, at now: Int) -> [String] {
    var lines = ["\(TerminalText.line(key.router)), trust \(key.mode.rawValue)"]
    if let trusted = key.trusted {
      lines.append("\(trusted.fingerprint)")
      lines.append(
        "RSA-\(trusted.bits), accepted by \(TerminalText.line(trusted.acceptedBy)), "
          + "seen \(span(key.age.map { Int($0.components.seconds) } ?? WallClock.span(from: trusted.fetchedAt, to: now))) ago"
      )
    } else {
      lines.append("none yet")
    }
    if let refused = key.refused {
      lines.append("REFUSED: the router shows \(refused)")
      lines.append(
        key.mode == .pinned
          ? "nothing is sent; if it is known to be right, add it to router.pins and restart"
          : "nothing is sent; if it is known to be right: nomyo-proxy trust accept \(refused)")
    }
    let warning = key.warning.map { ["warning: \(TerminalText.line($0))"] } ?? []
    return lines + failure(key.lastFailure) + warning
  }

  private static func failure(_ text: String?) -> [String] {
    text.map { ["last failure: \(TerminalText.line($0))"] } ?? []
  }

  // MARK: Memory

  /// The lines about memory.
  static func memory(_ report: SecureMemoryReport) -> [String] {
    if report.mode == .off { return ["not protected (privacy.secure_memory is off)"] }
    let parts = [
      report.isLocked ? "never swapped" : "NOT LOCKED",
      report.isUndumpable ? "no core dumps" : "DUMPABLE",
      report.fillsFreedMemory ? "freed memory overwritten" : "FREED MEMORY KEPT",
      report.secureHeapBytes > 0 ? "\(report.secureHeapBytes / 1024) KiB for keys" : "no heap for keys",
    ]
    return [parts.joined(separator: ", ")] + (report.remedy.map { [TerminalText.line($0)] } ?? [])
  }

  private static func span(_ seconds: Int) -> String { SpanOfTime.text(seconds: seconds) }

  private func span(_ seconds: Int) -> String { Self.span(seconds) }
}
