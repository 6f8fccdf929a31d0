public import ClientKeys
import JSONText
public import RouterTrust

/// Whether the daemon can seal and open right now, and what it waits for otherwise.
public struct Readiness: Sendable, Equatable {
  /// What is missing.
  public enum Want: String, Sendable, CaseIterable {
    /// The first client key is still being made.
    case clientKey = "client_key"
    /// Every client key that there is was used up; requests wait for the next.
    case unusedClientKey = "unused_client_key"
    /// The router's key has not been fetched, or its document was refused.
    case routerKey = "router_key"
    /// The router shows a key that is not trusted.
    case routerKeyTrust = "router_key_trust"
  }

  /// In the order in which they are named; empty when ready.
  public let wants: [Want]
  /// What is wrong with the router's key, in words; nil when nothing is.
  public let reason: String?

  /// Whether nothing is missing.
  public var isReady: Bool { wants.isEmpty }

  /// Looks at both keys.
  public init(_ clientKeys: ClientKeyStatus, _ routerKey: RouterKeyStatus) {
    var wants: [Want] = []
    if clientKeys.current == nil {
      wants.append(clientKeys.generations == 0 ? .clientKey : .unusedClientKey)
    }
    if routerKey.refused != nil {
      wants.append(.routerKeyTrust)
    } else if routerKey.trusted == nil {
      wants.append(.routerKey)
    }
    self.wants = wants
    let isRouterAtFault = wants.contains(.routerKey) || wants.contains(.routerKeyTrust)
    reason = isRouterAtFault ? routerKey.lastFailure : nil
  }
}

extension Readiness {
  /// The body of `/readyz`.
  ///
  /// - Parameter withReasons: whether it says what is missing, and why.
  func json(withReasons: Bool) -> [UInt8] {
    var json = JSONWriter()
    json.beginObject()
    json.name("status")
    json.string(isReady ? "ready" : "waiting")
    if !isReady, withReasons {
      json.name("waiting_for")
      json.beginArray()
      for want in wants { json.string(want.rawValue) }
      json.endArray()
    }
    if let reason, withReasons {
      json.name("reason")
      json.string(reason)
    }
    json.endObject()
    return json.bytes
  }
}
