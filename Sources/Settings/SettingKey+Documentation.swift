extension SettingKey {
  /// The default as documentation shows it.
  var shownDefault: String {
    defaultValue ?? absent ?? "none"
  }

  /// The help topic on configuration: every key with its variable, default and meaning, for a terminal.
  public static var helpText: String {
    var lines: [String] = []
    for key in all {
      lines += ["\(key.name) (\(key.type), default: \(key.shownDefault))"]
      lines += wrapped(key.meaning, width: 76).map { "    \($0)" }
      lines += wrapped("Allowed: \(key.allowed).", width: 76).map { "    \($0)" }
      for member in key.members {
        lines += wrapped(
          "\(member.name) (\(member.type), \(member.shownDefault)): \(member.meaning)", width: 74
        )
        .map { "      \($0)" }
        lines += wrapped("Allowed: \(member.allowed).", width: 74).map { "      \($0)" }
      }
      lines += ["    \(key.environmentName), \(key.flagName)", ""]
    }
    return lines.joined(separator: "\n")
  }

  /// The table of keys in docs/configuration.md.
  public static var markdownTable: String {
    var lines = ["| key | default | allowed | a change needs | meaning |", "|---|---|---|---|---|"]
    for key in all {
      let shown = key.defaultValue.map { "`\($0)`" } ?? key.absent ?? "none"
      let cells = ["`\(key.name)`", shown, key.allowed, key.effect, key.meaning]
      lines.append("| " + cells.map { $0.escapingPipes }.joined(separator: " | ") + " |")
      for member in key.members {
        let shown = member.defaultValue.map { "`\($0)`" } ?? (member.isRequired ? "required" : "none")
        let cells = ["`\(key.name)[].\(member.name)`", shown, member.allowed, key.effect, member.meaning]
        lines.append("| " + cells.map { $0.escapingPipes }.joined(separator: " | ") + " |")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The example file: every key with its meaning and its default, switched off by `#`.
  ///
  /// Lines of prose start with `# `, lines that are settings with `#` and the key.
  public static var exampleFile: String {
    var lines = [
      "# The configuration of nomyo-proxy. Every key stands here with its default, switched off; to set",
      "# one, take the # in front of it away. An environment variable (NOMYO_PROXY_ and the key's path in",
      "# capitals: NOMYO_PROXY_ROUTER_URL for router.url) overrides the file, and a flag (--router-url)",
      "# overrides both. `nomyo-proxy check` shows what is in force, or all faults at once.",
    ]
    var section = ""
    for key in all {
      if key.section != section {
        section = key.section
        let meaning = sections.first { $0.name == section }?.meaning
        lines += ["", ""] + (meaning.map { ["# \($0)"] } ?? []) + ["[\(section)]"]
      }
      lines.append("")
      lines += wrapped(key.meaning, width: 100).map { "# \($0)" }
      lines += wrapped("Allowed: \(key.allowed).", width: 100).map { "# \($0)" }
      if key.defaultValue == nil { lines.append("# Not set by default: \(key.shownDefault).") }
      lines.append("#\(key.leaf) = \(key.defaultValue ?? (key.example ?? "").quoted)")
    }
    lines += ["", "", "# A chatbot; to have it, take the # and the space in front of these lines away."]
    lines += chatbotExample.split(separator: "\n").map { "# \($0)" }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A chatbot for the example file.
  static let chatbotExample = """
    [[chatbots]]
    id = "support"
    name = "Support Assistant"
    type = "customer_support"
    description = "Answers customers' questions"
    model = "Qwen/Qwen3.5-27B"
    system_prompt = "You help the customers of a bookshop. Be brief and friendly."
    temperature = 0.3
    max_tokens = 1000
    history_turns = 10
    created_at = "2024-01-15T10:00:00Z"
    """

  static func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " \(word)"
    }
    return lines + [line]
  }
}

extension MemberDescription {
  fileprivate var shownDefault: String {
    isRequired ? "required" : "default: \(defaultValue ?? "none")"
  }
}

extension String {
  fileprivate var escapingPipes: String {
    map { $0 == "|" ? "\\|" : String($0) }.joined()
  }
}
