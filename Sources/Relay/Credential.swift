import HTTPTypes
public import Pacing
public import Platform
import Sealing

/// The Bearer key that one exchange shows to the router.
///
/// When a router key is configured it is always that one, and what the caller brought never leaves the machine. When
/// none is, the caller's own is passed on.
struct Credential: Sendable, Hashable {
  private let key: Secret

  init(_ key: Secret) { self.key = key }

  /// The caller's key, from wherever its dialect puts it.
  init?(from fields: HTTPFields) {
    guard let text = Self.candidates(in: fields).first else { return nil }
    key = Secret(text)
  }

  /// All that could be a key or a token, in the order in which they count.
  static func candidates(in fields: HTTPFields) -> [String] {
    [
      fields[.authorization].flatMap(bearerToken), fields[HTTPField.Name.anthropicKey],
      fields[HTTPField.Name.azureKey],
    ].compactMap { $0 }.filter { !$0.isEmpty }
  }

  func authorize(_ fields: inout HTTPFields) {
    key.reveal { fields[.authorization] = "Bearer \($0)" }
  }

  /// What pacing knows the key by: a digest, because the key itself stays where it is wiped.
  var keyID: KeyID { KeyID(key) }

  /// The scheme's name is case-insensitive (RFC 9110 section 11.1).
  private static func bearerToken(_ value: String) -> String? {
    guard let blank = value.firstIndex(of: " "), value[..<blank].lowercased() == "bearer" else { return nil }
    return String(value[value.index(after: blank)...].drop { $0 == " " })
  }
}

extension KeyID {
  /// What pacing knows an API key by.
  public init(_ key: Secret) {
    self = key.reveal { .digest(SHA256Digest.of(Array($0.utf8))) }
  }
}
