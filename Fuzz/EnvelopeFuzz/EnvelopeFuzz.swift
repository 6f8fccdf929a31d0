import Envelope
import JSONText
import Sealing

/// One input: bytes that a router might answer with, a text for the inside of a sound envelope, or changes to one.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzEnvelope(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  judge(start, count) { bytes in
    var choices = Choices(bytes)
    switch choices.byte() % 5 {
    case 0: _ = try? Envelope.open(response: choices.material, with: key, payloadID: payloadID)
    case 1: checkInside(choices.material)
    case 2: checkChanged(&choices)
    case 3: checkBase64(choices.material)
    default: checkHeader(choices.material)
    }
  }
}

/// A published test key: whatever is sealed for it is no secret.
private let key: RSAPrivateKey = {
  do {
    return try RSAPrivateKey(document: repositoryFile("Tests/Vectors/keys/rsa2048_private_key.pem"))
  } catch {
    fatalError("the test key: \(error)")
  }
}()

private let payloadID: PayloadID = {
  do { return try PayloadID.random() } catch { fatalError("\(error)") }
}()

private func sealed(_ plaintext: [UInt8]) -> [UInt8] {
  do {
    return try Envelope.seal(
      plaintext, for: key.publicKey, processedAt: 1_700_000_000,
      key: ContentKey(copying: [UInt8](repeating: 7, count: ContentKey.byteCount)),
      nonce: [UInt8](repeating: 9, count: ContentKey.nonceByteCount))
  } catch { fatalError("sealing: \(error)") }
}

/// Whatever is sealed opens to the same bytes, if and only if it is an object that names no member twice.
private func checkInside(_ plaintext: [UInt8]) {
  let reference =
    ReferenceGrammar.accepts(plaintext, depthLimit: JSONDocument.defaultDepth)
    ? ReferenceJSON(plaintext) : nil
  let names = reference?.members.map { $0.map(\.name) }
  let isWhole = names.map { Set($0).count == $0.count } ?? false
  do throws(EnvelopeFault) {
    let opened = try Envelope.open(
      response: sealed(plaintext), with: key, payloadID: payloadID, tier: SecurityTier.high)
    require(isWhole, "opens what is no object")
    require(opened.document.bytes == plaintext, "opens to other bytes")
    require(opened.unauthenticatedProcessedAt == 1_700_000_000, "loses processed_at")
    let metadata = reference?["_metadata"]
    require(metadata == nil || metadata?.members != nil, "takes metadata that is no object")
    for (name, expected) in [("payload_id", payloadID.description), ("security_tier", "high")] {
      guard let text = metadata?[name]?.text else { continue }
      require(text == expected, "takes another \(name)")
    }
  } catch {
    switch error.cause {
    case .innerJSON, .innerShape, .duplicateMember: break
    case .payloadID, .securityTier: require(reference?["_metadata"] != nil, "misses what was not said")
    default: require(false, "a sound envelope is refused for \(error.cause)")
    }
    require(!isWhole || reference?["_metadata"] != nil, "a whole object is refused for \(error.cause)")
  }
}

/// Whatever is done to an envelope on the way, it is refused or says what was sealed.
private func checkChanged(_ choices: inout Choices) {
  let plaintext = Array(#"{"choices":[{"message":{"role":"assistant","content":"2 + 2 = 4"}}]}"#.utf8)
  var envelope = sealed(plaintext)
  for _ in 0...choices.byte() % 4 {
    let place = choices.number(below: envelope.count)
    switch choices.byte() % 6 {
    case 0: envelope[place] = UInt8(choices.byte())
    case 1: envelope[place] ^= 1 << UInt8(choices.byte() % 8)
    case 2: envelope.insert(UInt8(choices.byte()), at: place)
    case 3: envelope.removeSubrange(place..<min(envelope.count, place + 1 + choices.byte()))
    case 4:
      let text = choices.one(of: inserts)
      envelope.insert(contentsOf: text.utf8, at: place)
    default: envelope += envelope[place..<min(envelope.count, place + choices.byte())]
    }
    if envelope.isEmpty { return }
  }
  guard let opened = try? Envelope.open(request: envelope, with: key) else { return }
  require(opened.document.bytes == plaintext, "a changed envelope opens to another text")
}

private let inserts = [
  #""version":"1.0","#, #""tag":"","#, #""nonce":"AAAAAAAAAAAAAAAA","#, "\\u0041", "\\/", "==", "\n", "{",
  "[[[",
  #""processed_at":99999999999999999999,"#, #""key_algorithm":null,"#, "null", "\"",
]

/// Base64 has one spelling for all bytes.
private func checkBase64(_ bytes: [UInt8]) {
  var text: [UInt8] = []
  bytes.withUnsafeBytes { Base64.encode($0, into: &text) }
  require(Base64.decode(text[...]) == bytes, "base64 does not come back")
  guard let decoded = Base64.decode(bytes[...]) else { return }
  var again: [UInt8] = []
  decoded.withUnsafeBytes { Base64.encode($0, into: &again) }
  require(again == bytes, "base64 is taken in two spellings")
}

private func checkHeader(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  let encoded = PublicKeyHeader.encode(text)
  require(encoded.utf8.allSatisfy { 0x21...0x7E ~= $0 }, "a header with other than visible characters")
  if encoded.utf8.count <= PublicKeyHeader.byteLimit {
    require(PublicKeyHeader.decode(encoded) == Array(text.utf8), "the header does not come back")
  }
  guard let decoded = PublicKeyHeader.decode(text) else { return }
  require(decoded.count <= text.utf8.count, "decoding makes more")
}
