public import Platform
public import Sealing

/// A token that nobody has yet: shown once, and kept only as its digest.
public struct NewToken: Sendable {
  /// What every token begins with, so that people and scanners of leaked secrets know one when they see it.
  public static let prefix = "nomyoproxy_"

  /// 256 bits cannot be guessed, at any rate and for any time.
  private static let byteCount = 32

  /// The token.
  public let secret: Secret
  private let digest: [UInt8]

  /// Fresh from OpenSSL's private random generator.
  public init() throws(SealingError) {
    let random = try RandomBytes.makeSecret(Self.byteCount)
    let text = random.withBytes { Array(Self.prefix.utf8) + Self.base64URL($0) }
    secret = Secret(text)
    digest = SHA256Digest.of(text)
  }

  /// The line for the file: the name and the digest.
  public func line(named name: String) -> String {
    let hex = digest.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }
    return "\(name):\(hex.joined())"
  }

  /// RFC 4648 section 5, without padding: no character that a header, a shell or a URL treats specially.
  private static func base64URL(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var text: [UInt8] = []
    var (bits, count) = (0, 0)
    for byte in bytes {
      (bits, count) = ((bits << 8 | Int(byte)) & 0xFFFF, count + 8)
      while count >= 6 {
        count -= 6
        text.append(alphabet[bits >> count & 63])
      }
    }
    if count > 0 { text.append(alphabet[bits << (6 - count) & 63]) }
    return text
  }
}
