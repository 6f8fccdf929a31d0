import Listener

extension RequestHead {
  /// The query's values by name, the first of each; pairs that are not readable are left out.
  var queryValues: [String: String] {
    let pairs = (query ?? "").split(separator: "&").compactMap { pair -> (String, String)? in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = PercentEncoding.decoded(parts[0]),
        let value = PercentEncoding.decoded(parts.dropFirst().first ?? "")
      else { return nil }
      return (name, value)
    }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }
}
