import JSONText

/// A model that can be asked for.
public struct Model: Sendable, Equatable {
  /// The name to ask for.
  public let id: String
  /// The router's name for it; differs from `id` for a local alias.
  public let root: String
  /// Seconds since 1970, 0 where the router does not say.
  public let created: Int
  /// Who offers it.
  public let owner: String

  /// A model with all its parts.
  public init(id: String, root: String, created: Int, owner: String) {
    self.id = id
    self.root = root
    self.created = created
    self.owner = owner
  }

  /// Reads the router's list: `{"data":[{"id":…, …}]}`, without `object`, with whatever else its backends say
  /// (PROTOCOL.md section 1).
  ///
  /// Entries without a name that a request could ask for are left out; nil where there is no list, or one of more models
  /// than anybody offers: lists are kept, and one of four megabytes can name a third of a million.
  public static func list(fromRouter bytes: [UInt8]) -> [Model]? {
    guard let root = try? JSONDocument(parsing: bytes).root, let object = try? root.object(),
      let entries = object["data"]?.lazyElements
    else { return nil }
    var seen: Set<String> = []
    var models: [Model] = []
    for entry in entries {
      guard let members = try? entry.object(), let id = members["id"]?.string ?? members["name"]?.string,
        isUsable(id), seen.insert(id).inserted
      else { continue }
      guard models.count < countLimit else { return nil }
      let owner = members["owned_by"]?.string.flatMap { $0.utf8.count <= ownerByteLimit ? $0 : nil }
      models.append(
        Model(id: id, root: id, created: members["created"]?.moment ?? 0, owner: owner ?? "nomyo"))
    }
    return models
  }

  private static let countLimit = 8192
  private static let ownerByteLimit = 256

  /// Whether a request can ask for it, and lists, logs and terminals can show it on one line.
  private static func isUsable(_ id: String) -> Bool {
    (1...RequestMembers.modelByteLimit).contains(id.utf8.count)
      && !id.unicodeScalars.contains {
        [.control, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
      }
  }

  /// The same model under another name.
  public func named(_ alias: String) -> Model { Model(id: alias, root: root, created: created, owner: owner) }
}
