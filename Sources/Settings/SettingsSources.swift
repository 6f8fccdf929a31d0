// `environ` is a plain C variable; it is copied once, before anything changes it.
@preconcurrency import Glibc

/// Everything that a configuration is made from.
public struct SettingsSources: Sendable {
  /// The file named by `--config`, if any; it must exist.
  public var configFlag: String?
  /// The values given as flags, by key path; lists and tables spelled as in the environment.
  public var flags: [String: String]
  /// The environment variables.
  public var environment: [String: String]
  /// Whether this is root's process, which keeps its things in the system's directories.
  public var isRoot: Bool
  /// The file system.
  public var files: any FileReading

  /// Sources made by hand.
  public init(
    configFlag: String? = nil, flags: [String: String] = [:], environment: [String: String] = [:],
    isRoot: Bool = false, files: any FileReading
  ) {
    self.configFlag = configFlag
    self.flags = flags
    self.environment = environment
    self.isRoot = isRoot
    self.files = files
  }

  /// The environment and the files of this process, and the flags that it was given.
  ///
  /// - Parameter isAgain: Whether everything was read before.
  public static func process(
    configFlag: String? = nil, flags: [String: String] = [:], again isAgain: Bool = false
  ) -> SettingsSources {
    SettingsSources(
      configFlag: configFlag, flags: flags, environment: processEnvironment(), isRoot: geteuid() == 0,
      files: ProcessFiles(again: isAgain))
  }

  private static func processEnvironment() -> [String: String] {
    var variables: [String: String] = [:]
    guard var next = Optional(environ) else { return variables }
    while let entry = next.pointee {
      let text = String(cString: entry)
      // Of two entries of one name the first counts, as in getenv(3).
      if let equals = text.firstIndex(of: "="), variables[String(text[..<equals])] == nil {
        variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      next += 1
    }
    return variables
  }

  /// The directory of systemd's credentials, where there is one.
  var credentialsDirectory: String? {
    environment["CREDENTIALS_DIRECTORY"].flatMap { $0.hasPrefix("/") ? $0 : nil }
  }

  /// The file that somebody named, and where.
  var namedFile: (path: String, source: ConfigurationSource)? {
    if let configFlag { return (configFlag, .flag("--config")) }
    return environment[Self.configVariable].map { ($0, .environment(Self.configVariable)) }
  }

  /// The files that are looked for when nobody named one; the first that exists is read.
  var usualFiles: [String] {
    // A relative XDG_CONFIG_HOME is to be ignored (XDG base directory specification).
    let configured = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 + "/.config" : nil }
    return [configured ?? home, "/etc"].compactMap { $0.map { $0 + "/nomyo-proxy/config.toml" } }
  }

  static let configVariable = "NOMYO_PROXY_CONFIG"
  static let keyVariable = "NOMYO_API_KEY"
}
