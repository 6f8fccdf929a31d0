import ClientKeys
import Envelope
import HTTPTypes
import Platform
public import RouterTrust
import Sealing
public import Upstream

/// What the router is asked for, and nothing else: its key, sealed completions, its list of models.
public struct RouterClient: Sendable {
  private let transport: any RouterTransport
  private let baseURL: String
  private let responseLimit: Int

  /// Key documents are a few kilobytes; what is larger is no key.
  private static let keyDocumentLimit = 64 * 1024

  /// Model lists hold at most a few thousand entries.
  private static let modelListLimit = 4 * 1024 * 1024

  /// How long the small questions may take; a completion has the exchange's own deadline.
  private static let shortTimeout = Duration.seconds(30)

  /// A client of one router.
  ///
  /// - Parameters:
  ///   - baseURL: Without a trailing slash; a path prefix is kept.
  ///   - responseLimit: The most bytes that a sealed answer may have.
  public init(transport: any RouterTransport, baseURL: String, responseLimit: Int) {
    self.transport = transport
    self.baseURL = baseURL
    self.responseLimit = responseLimit
  }

  /// The document of the router's public key, and the certificate under which it came.
  ///
  /// Sent without credentials and without anything that names the caller, over a connection of its own.
  public func publicKeyDocument() async throws(RouterKeyFailure) -> FetchedKeyDocument {
    let response: UpstreamResponse
    do {
      response = try await transport.send(
        UpstreamRequest(
          url: baseURL + Wire.publicKeyPath, responseLimit: Self.keyDocumentLimit,
          responseTimeout: Self.shortTimeout, wantsCertificate: true))
    } catch { throw .transport(error) }
    guard response.status == 200 else { throw .status(response.status) }
    return FetchedKeyDocument(
      bytes: response.body, certificate: response.certificate.flatMap { KeyFingerprint(ofCertificate: $0) })
  }

  /// Posts a sealed request (PROTOCOL.md section 1).
  func complete(
    _ sealed: SealedRequest, tier: SecurityTier?, bearer: Credential?, timeout: Duration
  ) async throws(UpstreamError) -> UpstreamResponse {
    var fields: HTTPFields = [
      .payloadID: sealed.payloadID.description,
      .publicKey: PublicKeyHeader.encode(sealed.generation.publicKeyPEM),
      .contentType: Wire.contentType,
      .accept: "*/*",
    ]
    if let tier { fields[.securityTier] = tier.rawValue }
    bearer?.authorize(&fields)
    return try await transport.send(
      UpstreamRequest(
        method: .post, url: baseURL + Wire.completionPath, fields: fields, body: sealed.envelope,
        responseLimit: responseLimit, responseTimeout: timeout))
  }

  /// Asks for the list of models, which the router gives in plain.
  func models(bearer: Credential?) async throws(UpstreamError) -> UpstreamResponse {
    var fields: HTTPFields = [.accept: "application/json"]
    bearer?.authorize(&fields)
    return try await transport.send(
      UpstreamRequest(
        url: baseURL + "/v1/models", fields: fields, responseLimit: Self.modelListLimit,
        responseTimeout: Self.shortTimeout))
  }
}

/// Why the router's key could not be had.
public enum RouterKeyFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// The router was not reached.
  case transport(UpstreamError)
  /// The router answered with another status than 200.
  case status(Int)

  /// What happened.
  public var description: String {
    switch self {
    case .transport(let error): error.description
    case .status(let status): "the router answered with status \(status) instead of its public key"
    }
  }
}

/// A request as it goes on the wire.
struct SealedRequest: Sendable {
  let payloadID: PayloadID
  /// The client key that the answer is to be sealed for; held until the answer is open.
  let generation: KeyGeneration
  let envelope: [UInt8]
}
