import RouterTrust
import Sealing

/// What is trusted and why, as a table for people.
struct TrustText {
  /// The router's address.
  let router: String
  /// What makes a key trusted.
  let mode: TrustMode
  /// The keys that the configuration names.
  let pins: [KeyFingerprint]
  /// What is remembered; nil where nothing can be.
  let remembered: RememberedRouter?
  /// What the running daemon says, and when; nil without one.
  let running: (status: RouterKeyStatus, at: Int)?

  /// The whole table, with a line end after each line.
  var text: String {
    let rows: [(String, [String])] = [
      ("router", [TerminalText.line(router)]), ("trust", [rule]), ("pinned", pins.map { "\($0)" }),
      ("remembered", rememberedLines), ("daemon", daemonLines),
    ]
    return rows.filter { !$0.1.isEmpty }.map { StatusText.row($0.0, $0.1) }.joined()
  }

  private var rule: String {
    switch mode {
    case .firstUse: "first-use: what is remembered or pinned, and the first key where nothing is"
    case .pinned: "pinned: only the keys in router.pins"
    case .tls: "tls: whatever key comes over an authenticated connection"
    }
  }

  private var rememberedLines: [String] {
    guard let remembered else { return ["nothing: there is no state directory"] }
    if remembered.trusted.isEmpty { return mode == .firstUse ? ["nothing yet"] : [] }
    let unused = mode == .firstUse ? "" : ", without effect under this rule"
    return remembered.trusted.flatMap { key in
      ["\(key.key)", "  since \(UTC.text(key.since)), by \(Self.reason(key.source))\(unused)"]
    }
  }

  private var daemonLines: [String] {
    guard let running else { return ["none is running, or it cannot be asked"] }
    return Array(StatusText.routerKey(running.status, at: running.at).dropFirst())
  }

  /// What made a key trusted, in words.
  static func reason(_ source: TrustSource) -> String {
    switch source {
    case .firstUse: "first use: it was the first key that this router showed"
    case .pin: "pin: somebody named it in advance"
    case .tls: "TLS"
    case .operator: "the operator, with `trust accept`"
    }
  }
}
