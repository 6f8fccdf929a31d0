import Glibc
import JSONText
public import Sealing

/// Something to log, before it has its place in the chain.
struct TrustLogNote: Sendable, Equatable {
  /// Seconds since 1970.
  var time: Int
  var router: String
  var event: TrustEvent
  var key: KeyFingerprint
  /// Modulus length; nil when only the fingerprint is known.
  var bits: Int?
  /// The key of the TLS certificate of the connection that brought the key.
  var certificate: KeyFingerprint?
  var acceptedBy: TrustSource?
}

/// One line of the trust log.
public struct TrustLogEntry: Sendable, Equatable {
  /// Counts from 1.
  public let number: Int
  /// When it happened: RFC 3339, UTC.
  public let time: String
  /// The router's address.
  public let router: String
  /// What happened.
  public let event: TrustEvent
  /// The key that it happened to.
  public let key: KeyFingerprint
  /// Its modulus length in bits; nil when only the fingerprint was known.
  public let bits: Int?
  /// The key of the TLS certificate of the connection that brought it; nil for clear text and for a person's word.
  public let certificate: KeyFingerprint?
  /// What accepted the key; nil for a refusal.
  public let acceptedBy: TrustSource?
  /// The hash of the entry before, in hexadecimal; 64 zeros for the first.
  public let previous: String
  /// The entry's own hash in hexadecimal: SHA-256 over the bytes of the previous hash and those of the line up to
  /// the comma before `"hash"`.
  public let hash: String

  /// What stands for the hash of the entry before the first.
  static let origin = String(repeating: "0", count: 64)

  /// A note in its place in the chain.
  init(_ note: TrustLogNote, number: Int, previous: String) {
    self.init(
      number: number, time: Self.text(of: note.time), router: note.router, event: note.event, key: note.key,
      bits: note.bits, certificate: note.certificate, acceptedBy: note.acceptedBy, previous: previous)
  }

  private init(
    number: Int, time: String, router: String, event: TrustEvent, key: KeyFingerprint, bits: Int?,
    certificate: KeyFingerprint?, acceptedBy: TrustSource?, previous: String
  ) {
    self.number = number
    self.time = time
    self.router = router
    self.event = event
    self.key = key
    self.bits = bits
    self.certificate = certificate
    self.acceptedBy = acceptedBy
    self.previous = previous
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("n", number)
    writer.member("time", time)
    writer.member("router", router)
    writer.member("event", event.rawValue)
    writer.member("key", key.description)
    if let bits { writer.member("bits", bits) }
    if let certificate { writer.member("certificate", certificate.description) }
    if let acceptedBy { writer.member("accepted_by", acceptedBy.rawValue) }
    writer.member("previous", previous)
    hash = Self.hexadecimal(SHA256Digest.of(Array(previous.utf8) + writer.bytes))
    writer.member("hash", hash)
    writer.endObject()
    line = writer.bytes
  }

  /// The entry as it stands in the file, without the line's end.
  let line: [UInt8]

  /// Reads a line; nil unless it is exactly what would be written for what it says, its hash included.
  init?(line: [UInt8]) {
    guard let document = try? JSONDocument(parsing: line, depthLimit: 2),
      let members = try? document.root.object(),
      let number = members["n"]?.integer,
      let time = members["time"]?.string,
      let router = members["router"]?.string,
      let event = members["event"]?.string.flatMap(TrustEvent.init),
      let key = members["key"]?.string.flatMap({ KeyFingerprint($0) }),
      let previous = members["previous"]?.string
    else { return nil }
    self.init(
      number: number, time: time, router: router, event: event, key: key, bits: members["bits"]?.integer,
      certificate: members["certificate"]?.string.flatMap { KeyFingerprint($0) },
      acceptedBy: members["accepted_by"]?.string.flatMap(TrustSource.init), previous: previous)
    guard self.line == line else { return nil }
  }

  /// RFC 3339 in UTC, for seconds since 1970.
  static func text(of seconds: Int) -> String {
    var (time, parts) = (time_t(seconds), tm())
    gmtime_r(&time, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let date = "\(Int(parts.tm_year) + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    return "\(date)T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
