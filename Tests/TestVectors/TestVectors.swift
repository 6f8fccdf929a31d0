package import Foundation
import Testing

/// The protocol's test vectors as their index describes them; see `Tests/Vectors/index.json`.
package enum TestVectors {
  /// The folder that holds the index, the keys and the messages.
  package static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Vectors")

  /// What a strict implementation has to do with a vector.
  package enum Verdict: String, Decodable, Sendable {
    /// Open it.
    case accept
    /// Refuse it.
    case reject
    /// Either is right.
    case either
  }

  /// A sealed request or answer.
  package struct Message: Decodable, Sendable, CustomTestStringConvertible {
    package let name: String
    package let file: String
    package let decrypt_with: String
    package let must: Verdict
    package let category: String?
    package let payload_id: String?
    package let plaintext_utf8: String?
    package let aes_key_hex: String?
    package let nonce_hex: String?
    package let oaep_seed_hex: String?

    package var testDescription: String { name }
  }

  /// A private key file with the password to try.
  package struct KeyFile: Decodable, Sendable, CustomTestStringConvertible {
    package let name: String
    package let `private`: String
    package let `public`: String?
    package let password: String?
    package let must: Verdict

    package var testDescription: String { name }
  }

  /// A document that a router might give for its public key.
  package struct KeyDocument: Decodable, Sendable, CustomTestStringConvertible {
    package let file: String
    package let must: Verdict

    package var testDescription: String { file }
  }

  /// What is known of a key by its name.
  package struct Key: Decodable, Sendable {
    package let spki_sha256_b64: String
    package let x_public_key_python: String?
    package let x_public_key_python_from_file: String?
    package let x_public_key_js: String?
  }

  /// The index as a whole.
  package struct Index: Decodable, Sendable {
    package let keys: [String: Key]
    package let requests: [Message]
    package let responses: [Message]
    package let key_files: [KeyFile]
    package let server_key_documents: [KeyDocument]
  }

  /// The byte-exact example of the hybrid scheme.
  package struct KnownAnswer: Decodable, Sendable {
    package let rsa_public_key: String
    package let rsa_private_key: String
    package let aes_key_hex: String
    package let oaep_seed_hex: String
    package let oaep_em_hex: String
    package let encrypted_aes_key_hex: String
    package let nonce_hex: String
    package let plaintext_utf8: String
    package let ciphertext_hex: String
    package let tag_hex: String
  }

  package static let index: Index = decode("index.json")
  package static let knownAnswer: KnownAnswer = decode("kat/hybrid_kat.json")

  /// The python_result of an accepted answer, as an object.
  package static func pythonResult(of name: String) -> NSDictionary? {
    guard let root = try? JSONSerialization.jsonObject(with: Data(bytes("index.json"))) as? [String: Any],
      let all = root["responses"] as? [[String: Any]]
    else { return nil }
    return all.first { $0["name"] as? String == name }?["python_result"] as? NSDictionary
  }

  /// The bytes of a file below the folder.
  package static func bytes(_ path: String) -> [UInt8] {
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
  package init(hex: String) {
    let digits = hex.utf8.map { UInt8($0 < 58 ? $0 - 48 : $0 - 87) }
    self = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  /// Two hexadecimal digits for each byte.
  package var hex: String { map { String(format: "%02x", $0) }.joined() }
}
