import ClientKeys
import RouterTrust
import Sealing
import Telemetry

/// What the admin listener shows and steers: the running daemon, or a stand-in of a test.
protocol AdminSubject: Sendable {
  /// How things are right now.
  func status() async -> DaemonStatus

  /// What the daemon counts of its work; the status' own numbers are added by the responder.
  func metrics() async -> [MetricFamily]

  /// Replaces the current client key and says which one took its place.
  ///
  /// - Throws: `AdminRefusal` for what the operator can mend, anything else for what went wrong inside.
  func rotateKeys() async throws -> ClientKeyStatus.Current

  /// Reads the configuration anew and says what came of it; nil where there is none to read.
  func reload() async -> ReloadOutcome?

  /// Trusts a key of the router from now on, by the operator's word.
  ///
  /// - Throws: `AdminRefusal` for what the operator can mend, anything else for what went wrong inside.
  func acceptRouterKey(_ fingerprint: KeyFingerprint) async throws -> RouterKeyStatus
}

/// Why the operator's wish is not granted, in words that help.
struct AdminRefusal: Error, Equatable {
  /// For programs.
  var code: String
  /// What happened, why, and what to do next.
  var message: String
}
