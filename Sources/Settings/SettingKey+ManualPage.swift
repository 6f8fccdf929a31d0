extension SettingKey {
  /// The keys in nomyo-proxy.toml(5), in the macros of man(7).
  ///
  /// A subsection for each table of the file; for each key its default, its meaning, what it may be, its variable
  /// and its flag.
  public static var manualPage: String {
    var lines: [String] = []
    var section: String?
    for key in all {
      if key.section != section {
        section = key.section
        lines += manualHeading(key.section)
      }
      lines.append(".TP")
      lines.append("\\fB\(key.name.manual)\\fR = \(key.manualValue)")
      lines += key.meaning.manualLines
      lines += [".br", "Allowed:"] + "\(key.allowed).".manualLines
      if key.defaultValue == nil { lines += [".br", "Default:"] + "\(key.shownDefault).".manualLines }
      lines += [".br", "Also \\fB\(key.environmentName.manual)\\fR,", "\\fB\(key.flagName.manual)\\fR."]
      lines += key.members.flatMap(manualMember)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func manualHeading(_ section: String) -> [String] {
    guard !section.isEmpty else { return [".SS Before the first table"] }
    let meaning = sections.first { $0.name == section }?.meaning
    return [".SS [\(section.manual)]"] + (meaning?.manualLines ?? [])
  }

  private static func manualMember(_ member: MemberDescription) -> [String] {
    let standing = member.isRequired ? "required" : member.defaultValue.map { "default \($0)" } ?? "optional"
    return [".RS", ".TP", "\\fB\(member.name.manual)\\fR (\(member.type.manual), \(standing.manual))"]
      + member.meaning.manualLines + [".br", "Allowed:"] + "\(member.allowed).".manualLines + [".RE"]
  }

  private var manualValue: String {
    if let defaultValue { return defaultValue.manual }
    return (example ?? "").quoted.manual + " (an example)"
  }
}

extension String {
  /// Characters that roff would take for something else.
  fileprivate var manual: String {
    reduce(into: "") { text, character in
      switch character {
      case "\\": text += "\\e"
      case "-": text += "\\-"
      case "\"": text += "\\(dq"
      case "~": text += "\\(ti"
      case "^": text += "\\(ha"
      case "`": text += "\\(ga"
      default: text.append(character)
      }
    }
  }

  /// Lines of which each sentence begins one, as roff wants it; what stands in backticks is bold.
  fileprivate var manualLines: [String] {
    var lines = [""]
    for (number, part) in split(separator: "`", omittingEmptySubsequences: false).enumerated() {
      if number.isMultiple(of: 2) {
        for (sentence, text) in part.split(separator: ". ", omittingEmptySubsequences: false).enumerated() {
          if sentence > 0 {
            lines[lines.count - 1] += "."
            lines.append("")
          }
          lines[lines.count - 1] += String(text).manual
        }
      } else {
        lines[lines.count - 1] += "\\fB\(String(part).manual)\\fR"
      }
    }
    // A line that begins with one of these would be a request.
    return lines.filter { !$0.isEmpty }
      .flatMap { SettingKey.wrapped($0, width: 80) }
      .map { $0.hasPrefix(".") || $0.hasPrefix("'") ? "\\&" + $0 : $0 }
  }
}
