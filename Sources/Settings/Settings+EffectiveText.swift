extension Settings {
  /// The configuration in force, as a TOML file that loads back to the same values.
  ///
  /// A comment on each line that is not a default says where it came from. Secrets are left out.
  public func effectiveText() -> String {
    var lines = [
      "# The configuration in force\(file.map { "; file \($0.oneLine)" } ?? ", without a file")."
    ]
    lines.append("# State directory: \(stateDirectory?.oneLine ?? "none").")
    var section = ""
    for key in SettingKey.all {
      if key.section != section {
        section = key.section
        lines += ["", "[\(section)]"]
      }
      let origin = provenance[key.name].map { "  # \($0)" } ?? ""
      if let value = key.value(in: self) {
        lines.append("\(key.leaf) = \(value)\(origin)")
      } else {
        lines.append("# \(key.leaf): \(key.absent ?? "not set")")
      }
      if key.name == "router.api_key_file" { lines.append(apiKeyComment) }
      if key.name == "keys.password_file", keys.password != nil {
        lines.append(
          "# password: set and not shown\(provenance["keys.password"].map { ", from \($0)" } ?? "")")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var apiKeyComment: String {
    guard router.apiKey != nil else {
      return access.tokensFile == nil
        ? "# api_key: not set, callers' keys go to the router"
        : "# api_key: not set, and callers bring tokens: requests reach the router without a key"
    }
    return
      "# api_key: set and not shown\(provenance["router.api_key"].map { ", from \($0)" } ?? "")"
  }
}
