public import JSONText
public import Sealing

/// What an envelope held, authentic and well-formed.
public struct OpenedEnvelope: Sendable {
  /// The plaintext, one JSON object.
  public let document: JSONDocument
  /// The plaintext's members.
  public let object: JSONObject
  /// Unix seconds beside the sealed parts; anybody on the way can change them.
  public let unauthenticatedProcessedAt: Int?
}

extension Envelope {
  /// Nothing in an envelope nests deeper than two levels; what does is not one.
  private static let outerDepthLimit = 8

  /// Opens the answer to the request that was sent under `payloadID`.
  ///
  /// Checks in the order of PROTOCOL.md section 2, steps 2 to 9; no plaintext leaves unless all pass. One RSA
  /// private operation: never call it on an event loop.
  ///
  /// - Parameter tier: What the router was asked for; an answer that names another tier is refused.
  public static func open(
    response bytes: [UInt8], with key: RSAPrivateKey, payloadID: PayloadID, tier: SecurityTier? = nil
  ) throws(EnvelopeFault) -> OpenedEnvelope {
    let opened = try open(bytes, with: key)
    try check(metadata: opened.object["_metadata"], payloadID: payloadID, tier: tier)
    return opened
  }

  /// Opens a request, as a router does.
  public static func open(
    request bytes: [UInt8], with key: RSAPrivateKey
  ) throws(EnvelopeFault) -> OpenedEnvelope {
    try open(bytes, with: key)
  }

  private static func open(
    _ bytes: [UInt8], with key: RSAPrivateKey
  ) throws(EnvelopeFault) -> OpenedEnvelope {
    var parts = try SealedParts(reading: bytes, depthLimit: outerDepthLimit)
    try decrypt(&parts, with: key)
    let document: JSONDocument
    do { document = try JSONDocument(parsing: parts.message) } catch { throw EnvelopeFault(.innerJSON) }
    guard let object = try document.root.uniqueMembers() else { throw EnvelopeFault(.innerShape) }
    return OpenedEnvelope(
      document: document, object: object, unauthenticatedProcessedAt: parts.processedAt)
  }

  /// In place, so that a large message is not held twice.
  private static func decrypt(
    _ parts: inout SealedParts, with key: RSAPrivateKey
  ) throws(EnvelopeFault) {
    do throws(SealingError) {
      let contentKey = try key.unwrap(parts.wrappedKey)
      try contentKey.open(&parts.message, nonce: parts.nonce, tag: parts.tag)
    } catch {
      throw EnvelopeFault(error)
    }
  }

  /// An answer that names another request, or another tier than was asked for, is refused.
  ///
  /// Whether routers send either is not known (PROTOCOL.md section 10), so their absence is not an error.
  private static func check(
    metadata: JSONValue?, payloadID: PayloadID, tier: SecurityTier?
  ) throws(EnvelopeFault) {
    guard let metadata else { return }
    guard let members = try metadata.uniqueMembers() else { throw EnvelopeFault(.innerShape) }
    if let named = members["payload_id"], named.kind == .string, named.string != payloadID.description {
      throw EnvelopeFault(.payloadID)
    }
    if let tier, let given = members["security_tier"], given.kind == .string, given.string != tier.rawValue {
      throw EnvelopeFault(.securityTier)
    }
  }
}

extension EnvelopeFault {
  init(_ error: SealingError) {
    let cause: Cause =
      switch error {
      case .unwrapFailed: .keyUnwrap
      case .contentKeyLength: .contentKeyLength
      case .authenticationFailed: .authentication
      case .library: .library
      }
    self.init(cause)
  }
}

extension JSONValue {
  /// The members of an object, nil for other kinds.
  func uniqueMembers(atMost limit: Int = .max) throws(EnvelopeFault) -> JSONObject? {
    do { return try object(limit: limit) } catch {
      throw EnvelopeFault(error.reason == .tooManyMembers(limit: limit) ? .shape : .duplicateMember)
    }
  }
}
