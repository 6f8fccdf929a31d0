public import Foundation
public import Testing

/// The protocol's test vectors as their index describes them; see `Tests/Vectors/index.json`.
public enum TestVectors {
  /// The folder that holds the index, the keys and the messages.
  public static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Vectors")

  /// What a strict implementation has to do with a vector.
  public enum Verdict: String, Decodable, Sendable {
    /// Open it.
    case accept
    /// Refuse it.
    case reject
    /// Either is right.
    case either
  }

  /// A sealed request or answer.
  public struct Message: Decodable, Sendable, CustomTestStringConvertible {
    public let name: String
    public let file: String
    public let decrypt_with: String
    public let must: Verdict
    public let category: String?
    public let payload_id: String?
    public let plaintext_utf8: String?
    public let aes_key_hex: String?
    public let nonce_hex: String?
    public let oaep_seed_hex: String?

    public var testDescription: String { name }
  }

  /// A private key file with the password to try.
  public struct KeyFile: Decodable, Sendable, CustomTestStringConvertible {
    public let name: String
    public let `private`: String
    public let `public`: String?
    public let password: String?
    public let must: Verdict

    public var testDescription: String { name }
  }

  /// A document that a router might give for its public key.
  public struct KeyDocument: Decodable, Sendable, CustomTestStringConvertible {
    public let file: String
    public let must: Verdict

    public var testDescription: String { file }
  }

  /// What is known of a key by its name.
  public struct Key: Decodable, Sendable {
    public let spki_sha256_b64: String
    public let x_public_key_python: String?
    public let x_public_key_python_from_file: String?
    public let x_public_key_js: String?
  }

  /// The index as a whole.
  public struct Index: Decodable, Sendable {
    public let keys: [String: Key]
    public let requests: [Message]
    public let responses: [Message]
    public let key_files: [KeyFile]
    public let server_key_documents: [KeyDocument]
  }

  /// The byte-exact example of the hybrid scheme.
  public struct KnownAnswer: Decodable, Sendable {
    public let rsa_public_key: String
    public let rsa_private_key: String
    public let aes_key_hex: String
    public let oaep_seed_hex: String
    public let oaep_em_hex: String
    public let encrypted_aes_key_hex: String
    public let nonce_hex: String
    public let plaintext_utf8: String
    public let ciphertext_hex: String
    public let tag_hex: String
  }

  public static let index: Index = decode("index.json")
  public static let knownAnswer: KnownAnswer = decode("kat/hybrid_kat.json")

  /// The python_result of an accepted answer, as an object.
  public static func pythonResult(of name: String) -> NSDictionary? {
    guard let root = try? JSONSerialization.jsonObject(with: Data(bytes("index.json"))) as? [String: Any],
      let all = root["responses"] as? [[String: Any]]
    else { return nil }
    return all.first { $0["name"] as? String == name }?["python_result"] as? NSDictionary
  }

  /// The bytes of a file below the folder.
  public static func bytes(_ path: String) -> [UInt8] {
    guard let data = try? Data(contentsOf: folder.appending(path: path)) else {
      preconditionFailure("missing test vector \(path)")
    }
    return [UInt8](data)
  }

  private static func decode<Value: Decodable>(_ path: String) -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: Data(bytes(path)))
    } catch {
      preconditionFailure("unreadable test vector \(path): \(error)")
    }
  }
}

extension [UInt8] {
  /// The bytes that pairs of hexadecimal digits stand for.
  public init(hex: String) {
    let digits = hex.utf8.map { UInt8($0 < 58 ? $0 - 48 : $0 - 87) }
    self = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  /// Two hexadecimal digits for each byte.
  public var hex: String { map { String(format: "%02x", $0) }.joined() }
}
