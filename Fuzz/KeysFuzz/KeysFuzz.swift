import Envelope
import Platform
@testable import RouterTrust
import Sealing

/// One input: a key document, a certificate, a fingerprint, or one of the files in which trust is kept.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzKeys(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  judge(start, count) { bytes in
    var choices = Choices(bytes)
    switch choices.byte() % 10 {
    case 0: checkPublic(choices.material)
    case 1: checkPublic(block("PUBLIC KEY", choices.material))
    case 2: checkPrivate(choices.material, password: nil)
    case 3: checkPrivate(block(choices.one(of: privateLabels), choices.material), password: nil)
    case 4: checkPrivate(block("ENCRYPTED PRIVATE KEY", choices.material), password: Array("password".utf8))
    case 5: checkCertificate(choices.material)
    case 6: checkCertificate(block("CERTIFICATE", choices.material))
    case 7: checkFingerprint(choices.material)
    case 8: checkBook(choices.material)
    default: checkLog(&choices)
    }
  }
}

private let privateLabels = ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"]

/// Puts bytes into a PEM block, so that the fuzzer need not write base64.
private func block(_ label: String, _ content: [UInt8]) -> [UInt8] {
  var base64: [UInt8] = []
  content.withUnsafeBytes { Base64.encode($0, into: &base64) }
  var text = Array("-----BEGIN \(label)-----\n".utf8)
  for start in stride(from: 0, to: base64.count, by: 64) {
    text += base64[start..<min(base64.count, start + 64)] + [UInt8(ascii: "\n")]
  }
  return text + "-----END \(label)-----\n".utf8
}

/// A key that is taken is taken again in the form in which it is written, and is as long as it says.
private func checkPublic(_ document: [UInt8]) {
  let minimum = 2048
  let key: RSAPublicKey
  do throws(KeyDocumentError) { key = try RSAPublicKey(document: document, minimumBits: minimum) } catch {
    checkSentence(error.description)
    return
  }
  require(minimum...16384 ~= key.bits, "a key of \(key.bits) bits")
  require(key.wrappedByteCount == (key.bits + 7) / 8, "wraps to another length")
  let again = try? RSAPublicKey(document: Array(key.pem.utf8), minimumBits: minimum)
  require(again?.fingerprint == key.fingerprint && again?.pem == key.pem, "the key does not come back")
  require(
    KeyFingerprint(key.fingerprint.description) == key.fingerprint, "the fingerprint does not come back")
  do throws(KeyDocumentError) { try key.validate() } catch { return checkSentence(error.description) }
  let wrapped = try? key.wrap(ContentKey(copying: [UInt8](repeating: 1, count: ContentKey.byteCount)))
  require(wrapped?.count ?? key.wrappedByteCount == key.wrappedByteCount, "wraps to another length")
}

private func checkPrivate(_ document: [UInt8], password: [UInt8]?) {
  let key: RSAPrivateKey
  do throws(KeyDocumentError) { key = try RSAPrivateKey(document: document, password: password) } catch {
    checkSentence(error.description)
    return
  }
  guard let text = try? key.pkcs8(password: nil) else { return require(false, "the key is not written") }
  let again = try? text.withBytes { try RSAPrivateKey(document: Array($0)) }
  require(again?.publicKey.pem == key.publicKey.pem, "the key does not come back")
}

private func checkCertificate(_ document: [UInt8]) {
  guard let fingerprint = KeyFingerprint(ofCertificate: document) else { return }
  require(KeyFingerprint(fingerprint.description) == fingerprint, "the fingerprint does not come back")
}

private func checkFingerprint(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  guard let fingerprint = KeyFingerprint(text) else { return }
  require(fingerprint.description.utf8.elementsEqual(text.utf8), "a second spelling of a fingerprint")
}

/// A book that is read is written and read as the same book.
private func checkBook(_ bytes: [UInt8]) {
  do throws(TrustBook.Unreadable) {
    let book = try TrustBook(json: bytes)
    require(ReferenceJSON(bytes)?["version"]?.integer == 1, "reads what is no book")
    do throws(TrustBook.Unreadable) {
      require(try TrustBook(json: book.json) == book, "the book does not come back")
    } catch { require(false, "the written book is refused: \(error.reason)") }
  } catch { checkSentence(error.reason) }
}

/// Of a log as much is taken as fits together, byte for byte.
private func checkLog(_ choices: inout Choices) {
  let number = choices.byte() % 4
  var bytes = choices.material
  let remembered: TrustLogHead
  if number == 3 {
    // A log as it is written, with the input as the name of its router and one byte changed.
    let (log, head) = writtenLog(router: String(decoding: bytes, as: UTF8.self))
    (bytes, remembered) = (log, head)
    require(TrustLogChain(log, remembered: head).flaw == nil, "a written log is not taken")
    if let change = choices.rest.first, change != 0 {
      let place = Int(change) * bytes.count / 256
      bytes[place] ^= change
      let flaw = TrustLogChain(bytes, remembered: head).flaw
      require(flaw != nil || place == bytes.count - 1, "a changed log is taken")
    }
  } else {
    remembered = TrustLogHead(entries: number, hash: String(repeating: "0", count: 64))
  }
  let chain = TrustLogChain(bytes, remembered: remembered)
  require(chain.length <= bytes.count, "reads more than there is")
  let lines = chain.entries.flatMap { $0.line + [UInt8(ascii: "\n")] }
  require(lines.elementsEqual(bytes[..<chain.length]), "takes lines that were not written so")
  require(
    chain.entries.map(\.number)
      == Array(1...max(1, chain.entries.count)).prefix(chain.entries.count).map { $0 },
    "entries out of their order")
  if chain.flaw == nil { require(chain.length + chain.tornBytes == bytes.count, "loses bytes") }
  if let flaw = chain.flaw { require(flaw.entry == chain.entries.count + 1, "names another entry") }
}

private func writtenLog(router: String) -> (bytes: [UInt8], head: TrustLogHead) {
  var (bytes, previous): ([UInt8], String) = ([], TrustLogEntry.origin)
  guard let key = KeyFingerprint("sha256/" + String(repeating: "A", count: 43) + "=") else {
    return ([], .empty)
  }
  for (position, event) in TrustEvent.allCases.prefix(2).enumerated() {
    let note = TrustLogNote(
      time: 1_700_000_000, router: router, event: event, key: key, bits: 4096, certificate: nil,
      acceptedBy: TrustSource.allCases.first)
    let entry = TrustLogEntry(note, number: position + 1, previous: previous)
    bytes += entry.line + [UInt8(ascii: "\n")]
    previous = entry.hash
  }
  return (bytes, TrustLogHead(entries: 2, hash: previous))
}

/// What people read is one line with something on it.
private func checkSentence(_ text: String) {
  require(!text.isEmpty && !text.utf8.contains(UInt8(ascii: "\n")), "no sentence: \(text)")
}
