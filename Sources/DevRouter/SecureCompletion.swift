import Envelope
import HTTPTypes
import JSONText
import Listener
import Platform
import Sealing

/// One sealed request from its arrival to its sealed answer.
struct SecureCompletion {
  let router: DevRouterResponder
  let request: InboundRequest
  let fault: Fault?

  enum Outcome {
    case sealed([UInt8])
    case refused(status: Int, detail: String)
  }

  func run() async -> Outcome {
    guard let client = clientKey() else {
      return .refused(status: 400, detail: "X-Public-Key is missing or not an RSA public key")
    }
    if router.answersUnopened { return seal(Self.fixedAnswer, for: client) }
    let opened: OpenedEnvelope
    do {
      opened = try await router.workers.run { [pair = router.keys.current, body = request.body] in
        try Envelope.open(request: body, with: pair)
      }
    } catch { return .refused(status: 400, detail: "Failed to decrypt the request") }
    let answer = await router.backend.answer(
      opened.object, text: opened.document.bytes, at: WallClock.seconds(), metadata: metadata())
    switch answer {
    case .refusal(let status, let detail):
      return .refused(status: status, detail: detail)
    case .completion(let plain):
      let outcome = seal(plain, for: client)
      if case .sealed(let sealed) = outcome { show(opened.document.bytes, plain, sealed) }
      return outcome
    }
  }

  private func clientKey() -> RSAPublicKey? {
    guard let value = request.head.fields[.clientPublicKey], let pem = PublicKeyHeader.decode(value) else {
      return nil
    }
    return try? RSAPublicKey(document: pem, minimumBits: 2048)
  }

  /// What the hosted router puts inside the seal, as far as its clients tell (PROTOCOL.md section 2).
  private func metadata() -> [(String, String)] {
    let payloadID = request.head.fields[.payloadIdentifier] ?? ""
    return [
      ("payload_id", fault == .wrongPayloadID ? "00000000-0000-4000-8000-000000000000" : payloadID),
      ("response_status", "success"), ("security_tier", request.head.fields[.tier] ?? "standard"),
    ]
  }

  private func seal(_ plain: [UInt8], for client: RSAPublicKey) -> Outcome {
    let recipient = fault == .wrongKey ? router.keys.current.publicKey : client
    guard var body = try? Envelope.seal(response: plain, for: recipient, processedAt: WallClock.seconds())
    else {
      return .refused(status: 500, detail: "The answer could not be sealed")
    }
    if fault == .wrongVersion { body.replace(#""version": "1.0""#, with: #""version": "2.0""#) }
    if fault == .badTag { body.spoil(after: #""tag": ""#) }
    return .sealed(body)
  }

  private func show(_ plain: [UInt8], _ answer: [UInt8], _ sealed: [UInt8]) {
    router.wireLog?.record(
      WireExchange(
        path: request.head.path, fields: request.head.fields, sealedRequest: request.body, request: plain,
        answer: answer, sealedAnswer: sealed))
  }

  private static let fixedAnswer =
    Array(
      #"{"id":"chatcmpl-fixed","object":"chat.completion","created":0,"model":"echo","choices":[{"index":0,"message":"#
        .utf8)
    + Array(
      #"{"role":"assistant","content":"A fixed answer."},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"#
        .utf8)
    + Array(#""completion_tokens":4,"total_tokens":5}}"#.utf8)
}

extension HTTPField.Name {
  fileprivate static let clientPublicKey = HTTPField.Name(known: Wire.publicKeyHeader)
  fileprivate static let payloadIdentifier = HTTPField.Name(known: Wire.payloadIDHeader)
  fileprivate static let tier = HTTPField.Name(known: Wire.securityTierHeader)

  private init(known name: String) {
    guard let valid = HTTPField.Name(name) else { preconditionFailure("not a header name: \(name)") }
    self = valid
  }
}

extension [UInt8] {
  /// Replaces the first occurrence of a text.
  fileprivate mutating func replace(_ text: String, with other: String) {
    guard let range = firstRange(of: Array(text.utf8)) else { return }
    replaceSubrange(range, with: other.utf8)
  }

  /// Changes the first character after a text to another of the base64 alphabet.
  fileprivate mutating func spoil(after text: String) {
    guard let range = firstRange(of: Array(text.utf8)), range.upperBound < count else { return }
    self[range.upperBound] =
      self[range.upperBound] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
  }
}
