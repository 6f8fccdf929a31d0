public import ClientKeys
public import RouterTrust

/// Whether the daemon can seal and open right now, and what it waits for otherwise.
public struct Readiness: Sendable, Equatable {
  /// What is missing.
  public enum Want: String, Sendable, CaseIterable {
    /// The first client key is still being made.
    case clientKey = "client_key"
    /// The router's key has not been fetched, or was refused.
    case routerKey = "router_key"
  }

  /// In the order in which they are named; empty when ready.
  public let wants: [Want]

  /// Whether nothing is missing.
  public var isReady: Bool { wants.isEmpty }

  /// Looks at both keys.
  public static func now(_ clientKeys: ClientKeyRing, _ routerKeys: RouterKeyCache) async -> Readiness {
    let hasClientKey = clientKeys.current != nil
    let hasRouterKey = await routerKeys.knownKey != nil
    return Readiness(wants: (hasClientKey ? [] : [.clientKey]) + (hasRouterKey ? [] : [.routerKey]))
  }
}

extension Readiness {
  /// The body of `/readyz`.
  var json: [UInt8] {
    let names = wants.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
    return Array((isReady ? #"{"status":"ready"}"# : #"{"status":"waiting","waiting_for":[\#(names)]}"#).utf8)
  }
}
