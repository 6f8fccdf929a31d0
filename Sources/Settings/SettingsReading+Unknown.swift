/// Keys and variables that are not known: what was meant, or where the known ones are listed.
extension SettingsReading {
  /// Reports a key that does not exist.
  mutating func reportUnknown(_ name: String, _ source: ConfigurationSource) {
    if name == "router.api_key" {
      report(
        name, source, "a secret is never a plain value here",
        allowed: "router.api_key_file with the path of a file that holds the key, the systemd credential "
          + "\(Self.credential), or the environment variable \(SettingsSources.keyVariable)")
    } else {
      report(name, source, "unknown key", allowed: Self.advice(onKey: name))
    }
  }

  private static func advice(onKey name: String) -> String {
    let keys = SettingKey.all
    if let nearest = NearestName.nearest(to: name, among: keys.map(\.name)) {
      return "\(nearest), the nearest known one"
    }
    let section = name.lastIndex(of: ".").map { name[..<$0] } ?? ""
    let siblings = keys.filter { !section.isEmpty && $0.section == section }
    return siblings.isEmpty ? list(of: "keys") : siblings.map(\.name).joined(separator: ", ")
  }

  /// What is allowed instead of a variable that begins like ours.
  static func advice(onVariable name: String) -> String {
    let prefix = SettingKey.environmentPrefix
    guard name != prefix + "ROUTER_API_KEY" else { return SettingsSources.keyVariable }
    let known = SettingKey.all.map(\.environmentName) + [SettingsSources.configVariable]
    let nearest = NearestName.nearest(
      to: String(name.dropFirst(prefix.count)), among: known.map { String($0.dropFirst(prefix.count)) })
    return nearest.map { "\(prefix)\($0), the nearest known one" } ?? list(of: "variables")
  }

  private static func list(of names: String) -> String {
    "the \(names) that `nomyo-proxy help-config` lists"
  }
}
