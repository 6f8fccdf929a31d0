import JSONText
import Sealing

/// All that is remembered of all routers: the content of `trust.json`.
package struct TrustBook: Sendable, Equatable {
  /// By the routers' addresses.
  package var routers: [String: RememberedRouter] = [:]
  /// Where the log ends.
  package var head = TrustLogHead.empty

  /// Nothing is remembered.
  package init() {}
}

extension TrustBook {
  private static let version = 1

  /// The book as text, the same for the same book.
  var json: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("version", Self.version)
    writer.name("routers")
    writer.beginObject()
    for (address, router) in routers.sorted(by: { $0.key < $1.key }) {
      writer.name(address)
      Self.write(router, &writer)
    }
    writer.endObject()
    writer.name("log")
    writer.beginObject()
    writer.member("entries", head.entries)
    writer.member("hash", head.hash)
    writer.endObject()
    writer.endObject()
    return writer.bytes + [UInt8(ascii: "\n")]
  }

  private static func write(_ router: RememberedRouter, _ writer: inout JSONWriter) {
    writer.beginObject()
    writer.name("trusted")
    writer.beginArray()
    for key in router.trusted {
      writer.beginObject()
      writer.member("key", key.key.description)
      writer.member("since", key.since)
      writer.member("by", key.source.rawValue)
      writer.endObject()
    }
    writer.endArray()
    if let seen = router.seen { writer.member("seen", seen.description) }
    writer.endObject()
  }

  /// Why a text is no book.
  struct Unreadable: Error, Equatable {
    let reason: String
  }

  /// Reads a book strictly: what it does not know it does not guess.
  init(json: [UInt8]) throws(Unreadable) {
    let root = try Self.members(Self.root(json), "the whole", ["version", "routers", "log"])
    guard root["version"]?.integer == Self.version else {
      throw Unreadable(reason: "its version is not \(Self.version)")
    }
    for router in try Self.object(root["routers"], "routers").members {
      guard routers.updateValue(try Self.router(router.value), forKey: router.name) == nil else {
        throw Unreadable(reason: "it names a router twice")
      }
    }
    let log = try Self.members(root["log"], "log", ["entries", "hash"])
    guard let entries = log["entries"]?.integer, entries >= 0, let hash = log["hash"]?.string,
      hash.utf8.count == 64
    else { throw Unreadable(reason: "its log member is not understood") }
    head = TrustLogHead(entries: entries, hash: hash)
  }

  private static func root(_ json: [UInt8]) throws(Unreadable) -> JSONValue {
    do { return try JSONDocument(parsing: json, depthLimit: 8).root } catch {
      throw Unreadable(reason: "it is \(error)")
    }
  }

  private static func router(_ value: JSONValue) throws(Unreadable) -> RememberedRouter {
    let members = try members(value, "a router", ["trusted"], optional: ["seen"])
    var router = RememberedRouter()
    guard let trusted = members["trusted"]?.elements else { throw Unreadable(reason: "trusted is no list") }
    for element in trusted { router.trusted.append(try key(element)) }
    if let seen = members["seen"] {
      guard let key = seen.string.flatMap({ KeyFingerprint($0) }) else {
        throw Unreadable(reason: "seen is no fingerprint")
      }
      router.seen = key
    }
    return router
  }

  private static func key(_ value: JSONValue) throws(Unreadable) -> TrustedKey {
    let members = try members(value, "a trusted key", ["key", "since", "by"])
    guard let key = members["key"]?.string.flatMap({ KeyFingerprint($0) }),
      let since = members["since"]?.integer,
      let source = members["by"]?.string.flatMap(TrustSource.init)
    else { throw Unreadable(reason: "a trusted key is not understood") }
    return TrustedKey(key: key, since: since, source: source)
  }

  private static func object(_ value: JSONValue?, _ name: String) throws(Unreadable) -> JSONObject {
    do {
      if let object = try value?.object() { return object }
    } catch { throw Unreadable(reason: "it is \(error)") }
    throw Unreadable(reason: "\(name) is no object")
  }

  /// The members of an object that has all the required ones and none that is unknown.
  private static func members(
    _ value: JSONValue?, _ name: String, _ required: [String], optional: [String] = []
  ) throws(Unreadable) -> JSONObject {
    let object = try object(value, name)
    guard required.allSatisfy({ object[$0] != nil }),
      object.members.allSatisfy({ required.contains($0.name) || optional.contains($0.name) })
    else { throw Unreadable(reason: "\(name) has other members than this version knows") }
    return object
  }
}
