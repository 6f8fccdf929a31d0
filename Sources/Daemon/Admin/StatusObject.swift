import JSONText
import Sealing

/// An object of a status document, whose members are there and of their kind, or there is an error that names them.
struct StatusObject {
  private let members: JSONObject
  /// The names on the way here, each with a dot behind it.
  private let path: String

  init(document: [UInt8]) throws(UnreadableStatus) {
    guard let root = try? JSONDocument(parsing: document).root, let members = try? root.object() else {
      throw UnreadableStatus(member: "")
    }
    self.members = members
    path = ""
  }

  private init(_ members: JSONObject, path: String) {
    self.members = members
    self.path = path
  }

  func lacks(_ name: String) -> UnreadableStatus { UnreadableStatus(member: path + name) }

  func object(_ name: String) throws(UnreadableStatus) -> StatusObject {
    guard let members = try? members[name]?.object() else { throw lacks(name) }
    return StatusObject(members, path: "\(path)\(name).")
  }

  func string(_ name: String) throws(UnreadableStatus) -> String {
    guard let string = members[name]?.string else { throw lacks(name) }
    return string
  }

  func integer(_ name: String) throws(UnreadableStatus) -> Int {
    guard let integer = members[name]?.integer else { throw lacks(name) }
    return integer
  }

  func bool(_ name: String) throws(UnreadableStatus) -> Bool {
    guard let bool = members[name]?.bool else { throw lacks(name) }
    return bool
  }

  func strings(_ name: String) throws(UnreadableStatus) -> [String] {
    guard let elements = members[name]?.elements else { throw lacks(name) }
    return elements.compactMap(\.string)
  }

  func fingerprint(_ name: String) throws(UnreadableStatus) -> KeyFingerprint {
    guard let fingerprint = KeyFingerprint(try string(name)) else { throw lacks(name) }
    return fingerprint
  }

  /// A member that may be `null` or missing: `object.optional("reason", StatusObject.string)`.
  func optional<Value>(
    _ name: String, _ read: (StatusObject) -> (String) throws(UnreadableStatus) -> Value
  ) throws(UnreadableStatus) -> Value? {
    guard let value = members[name], !value.isNull else { return nil }
    return try read(self)(name)
  }
}
