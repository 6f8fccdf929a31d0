import ClientKeys
import Daemon
import Glibc
import HTTPTypes
import Listener
import Platform
import RouterTrust
import Sealing
import Settings
import Upstream

/// Asks the running daemon over its admin listener.
struct AdminClient: Sendable {
  private let place: LocalAddress
  private let upstream: Upstream

  /// A status document has a few kilobytes.
  private static let answerLimit = 256 << 10
  /// Making a client key takes up to two seconds, and longer on a busy machine.
  private static let patience = Duration.seconds(60)

  /// Lends a client, and closes it afterwards.
  static func with<Result: Sendable>(
    _ settings: Settings, _ body: (AdminClient) async throws(AdminFailure) -> Result
  ) async throws(AdminFailure) -> Result {
    let client = try AdminClient(settings)
    do throws(AdminFailure) {
      let result = try await body(client)
      await client.upstream.close()
      return result
    } catch {
      await client.upstream.close()
      throw error
    }
  }

  private init(_ settings: Settings) throws(AdminFailure) {
    guard let text = settings.admin.listen else { throw .noAddress }
    do { place = LocalAddress(address: try ListenAddress(parsing: text)) } catch {
      throw .badAddress(TerminalText.line(text), problem: "\(error)")
    }
    if let path = place.socketPath, !PrivateDirectory.isTrustworthy(socket: path) {
      throw .untrustworthy(place.description)
    }
    do { upstream = try place.client(patience: Self.patience) } catch {
      throw .unusable(place.description, problem: "\(error)")
    }
  }

  /// The daemon's status, and the very document that says so.
  func status() async throws(AdminFailure) -> (status: DaemonStatus, document: [UInt8]) {
    let document = try await ask(.get, "/status")
    return (try read { () throws(UnreadableStatus) in try DaemonStatus(json: document) }, document)
  }

  /// Replaces the current client key.
  func rotateKeys() async throws(AdminFailure) -> ClientKeyStatus.Current {
    let document = try await ask(.post, "/rotate")
    return try read { () throws(UnreadableStatus) in try ClientKeyStatus.Current(json: document) }
  }

  /// Has the configuration read anew.
  func reload() async throws(AdminFailure) -> ReloadOutcome {
    // Refused by the daemon's own words, and no failure of the question.
    let document = try await ask(.post, "/reload", accepting: [200, 422])
    return try read { () throws(UnreadableStatus) in try ReloadOutcome(json: document) }
  }

  /// Trusts a key of the router from now on.
  func acceptRouterKey(_ fingerprint: KeyFingerprint) async throws(AdminFailure) -> RouterKeyStatus {
    // Base64 and `/` need no escape.
    let document = try await ask(.post, "/trust/accept", #"{"fingerprint":"\#(fingerprint)"}"#)
    return try read { () throws(UnreadableStatus) in try RouterKeyStatus(json: document) }
  }

  private func ask(
    _ method: UpstreamRequest.Method, _ path: String, _ body: String = "",
    accepting statuses: Set<Int> = [200]
  ) async throws(AdminFailure) -> [UInt8] {
    let response: UpstreamResponse
    do {
      response = try await upstream.send(
        UpstreamRequest(
          method: method, url: place.baseURL + path,
          fields: body.isEmpty ? [:] : [.contentType: "application/json"], body: Array(body.utf8),
          responseLimit: Self.answerLimit))
    } catch { throw failure(error) }
    if statuses.contains(response.status) { return response.body }
    guard let message = DaemonStatus.errorMessage(in: response.body) else {
      throw .unusable(place.description, problem: "it answered \(path) with status \(response.status)")
    }
    throw .refused(status: response.status, message: TerminalText.line(message))
  }

  private func read<Value>(_ body: () throws(UnreadableStatus) -> Value) throws(AdminFailure) -> Value {
    do throws(UnreadableStatus) { return try body() } catch {
      throw .unusable(place.description, problem: error.description)
    }
  }

  private func failure(_ error: UpstreamError) -> AdminFailure {
    switch error {
    case .unreachable, .unresolved, .connectTimedOut:
      // libcurl does not say why; connect(2) wants to write to the socket and to search what is above it.
      if let path = place.socketPath, access(path, W_OK) != 0, errno == EACCES {
        .notPermitted(place.description)
      } else {
        .nobody(place.description)
      }
    default: .unusable(place.description, problem: "\(error)")
    }
  }
}
