/// Where a configured value came from.
public enum ConfigurationSource: Sendable, Hashable, CustomStringConvertible {
  /// The default, which nobody overrode.
  case builtIn
  /// The configuration file; line and column count from 1 and point at the key, where they are known.
  case file(path: String, line: Int?, column: Int?)
  /// The environment variable of this name.
  case environment(String)
  /// The command line flag of this spelling, `--` included.
  case flag(String)

  /// The source as faults and the effective configuration name it.
  public var description: String {
    switch self {
    case .builtIn: "built-in default"
    case .file(let path, let line?, let column?): "\(path.oneLine):\(line):\(column)"
    case .file(let path, let line?, nil): "\(path.oneLine):\(line)"
    case .file(let path, nil, _): path.oneLine
    case .environment(let name): "environment \(name.oneLine)"
    case .flag(let spelling): "flag \(spelling.oneLine)"
    }
  }

  /// The place in the order file, environment, flags; the higher wins.
  var rank: Int {
    switch self {
    case .builtIn: -1
    case .file: 0
    case .environment: 1
    case .flag: 2
    }
  }
}

/// One thing that is wrong with the configuration.
///
/// Its text never holds a secret.
public struct ConfigurationFault: Error, Sendable, Equatable, CustomStringConvertible {
  /// The path of the key, `router.url` for example; nil when the fault is not about one key.
  public let key: String?
  /// Where the faulty value stands.
  public let source: ConfigurationSource
  /// What is wrong.
  public let problem: String
  /// What would be right.
  public let allowed: String

  /// A fault; other modules make them too, for what only they can check.
  public init(key: String?, source: ConfigurationSource, problem: String, allowed: String) {
    self.key = key
    self.source = source
    self.problem = problem
    self.allowed = allowed
  }

  /// The fault on one line: source, key, problem, what is allowed.
  public var description: String {
    let subject = key.map { "\($0.oneLine): " } ?? ""
    return "\(source): \(subject)\(problem); allowed: \(allowed)"
  }
}

/// Everything that is wrong with the configuration, never empty.
public struct ConfigurationFaults: Error, Sendable, Equatable, CustomStringConvertible {
  /// The faults: the file's in its order, the environment's, the flags', and what does not fit together.
  public let faults: [ConfigurationFault]

  /// A collection of faults to report at once.
  public init(faults: [ConfigurationFault]) {
    self.faults = faults
  }

  /// One line for each fault.
  public var description: String {
    faults.map(\.description).joined(separator: "\n")
  }
}
