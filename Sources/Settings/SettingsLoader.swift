public import Platform

/// Turns the sources into settings.
public enum SettingsLoader {
  /// Reads the file, then the environment, then the flags, and checks the result.
  ///
  /// - Parameters:
  ///   - readsFile: Whether the file is read, wherever it is.
  ///   - readsSecrets: Whether the files that hold secrets are read; commands that only ask the daemon need none.
  ///   - beforeSecrets: Called once the three sources are read and before any file that holds a secret is.
  /// - Throws: every fault at once; there are no settings then.
  public static func load(
    _ sources: SettingsSources, readsFile: Bool = true, readsSecrets: Bool = true,
    beforeSecrets: (SecureMemoryMode) -> Void = { _ in }
  ) throws(ConfigurationFaults) -> Settings {
    var reading = SettingsReading(sources)
    if readsFile { reading.readFile() }
    reading.readEnvironment()
    reading.readFlags()
    beforeSecrets(reading.settings.privacy.secureMemory)
    reading.checkRouterAddress()
    reading.checkAuthorities()
    if readsSecrets { reading.readRouterKey() }
    if readsSecrets { reading.readTokens() }
    reading.checkAccess()
    reading.findPlaces()
    reading.findKeyDirectory()
    if readsSecrets { reading.readKeyPassword() }
    reading.checkKeys()
    reading.checkTrust()
    guard reading.faults.isEmpty else { throw ConfigurationFaults(faults: reading.faults) }
    return reading.settings
  }
}

/// One pass over the sources: the settings so far, and what was wrong.
struct SettingsReading {
  let sources: SettingsSources
  var settings = Settings()
  private(set) var faults: [ConfigurationFault] = []
  /// The keys of which some source had a bad value; what depends on them is not judged.
  private var rejected: Set<String> = []

  /// No configuration is larger.
  private static let fileLimit = 256 << 10

  init(_ sources: SettingsSources) {
    self.sources = sources
  }

  // MARK: The three sources

  mutating func readFile() {
    guard let (path, bytes) = findFile() else { return }
    settings.file = path
    do throws(TOMLDocument.Failure) {
      let document = try TOMLDocument(bytes)
      let start = faults.count
      read(document.entries, below: [], of: document, in: path)
      // toml++ hands tables out sorted by name; people want the order of the file.
      faults[start...].sort { $0.source.textOrder < $1.source.textOrder }
    } catch {
      let source = ConfigurationSource.file(
        path: path, line: error.position?.line, column: error.position?.column)
      report(nil, source, error.problem, allowed: "TOML 1.0")
    }
  }

  mutating func readEnvironment() {
    let names = sources.environment.keys.filter { $0.hasPrefix(SettingKey.environmentPrefix) }.sorted()
    for name in names where name != SettingsSources.configVariable {
      let text = sources.environment[name] ?? ""
      let source = ConfigurationSource.environment(name)
      if let key = SettingKey.byEnvironmentName[name] {
        read(text, as: key, from: source)
      } else {
        report(nil, source, "unknown variable", allowed: Self.advice(onVariable: name))
      }
    }
  }

  mutating func readFlags() {
    for (name, text) in sources.flags.sorted(by: { $0.key < $1.key }) {
      let source = ConfigurationSource.flag(SettingKey.flagName(name))
      if let key = SettingKey.named[name] {
        read(text, as: key, from: source)
      } else {
        reportUnknown(name, source)
      }
    }
  }

  // MARK: The file

  private mutating func findFile() -> (path: String, bytes: [UInt8])? {
    if let (path, source) = sources.namedFile {
      do throws(FileFault) {
        return (path, try sources.files.read(path, limit: Self.fileLimit).bytes)
      } catch {
        report(nil, source, "\(path.shown) \(error)", allowed: "the path of a TOML file")
        return nil
      }
    }
    for path in sources.usualFiles {
      do throws(FileFault) {
        return (path, try sources.files.read(path, limit: Self.fileLimit).bytes)
      } catch .missing, .unreachable {
        // A unit with ProtectHome= cannot look into a home directory, and nobody asked it to.
        continue
      } catch {
        report(nil, .file(path: path, line: nil, column: nil), "\(error)", allowed: "a readable TOML file")
        return nil
      }
    }
    return nil
  }

  private mutating func read(
    _ entries: [RawValue.Entry], below table: [String], of document: TOMLDocument, in file: String
  ) {
    for entry in entries {
      let path = table + [entry.name]
      let name = path.map(\.asKey).joined(separator: ".")
      let position = document.position(of: path)
      let source = ConfigurationSource.file(path: file, line: position?.line, column: position?.column)
      if let key = SettingKey.named[name] {
        read(entry.value, as: key, from: source) { inner in
          let position = document.position(of: path + inner)
          return .file(path: file, line: position?.line, column: position?.column)
        }
      } else if case .table(let inner) = entry.value, !inner.isEmpty || isSection(name) {
        read(inner, below: path, of: document, in: file)
      } else if isSection(name) {
        report(name, source, "expected a table, found \(entry.value.kind)", allowed: "a table: [\(name)]")
      } else {
        reportUnknown(name, source)
      }
    }
  }

  private func isSection(_ name: String) -> Bool {
    SettingKey.sections.contains { $0.name == name }
  }

  // MARK: One value

  private mutating func read(_ text: String, as key: SettingKey, from source: ConfigurationSource) {
    do throws(Rejection) {
      read(try key.shape.raw(text), as: key, from: source)
    } catch {
      reject(key, source, error)
    }
  }

  /// - Parameter place: Where the part of the value with this path stands; nil: where the value does.
  private mutating func read(
    _ raw: RawValue, as key: SettingKey, from source: ConfigurationSource,
    place: (([String]) -> ConfigurationSource)? = nil
  ) {
    do throws(Rejections) {
      try key.read(raw, into: &settings)
      settings.provenance[key.name] = source
    } catch {
      for rejection in error.all {
        reject(key, rejection.path.isEmpty ? source : place?(rejection.path) ?? source, rejection)
      }
    }
  }

  // MARK: Faults

  /// Whether a source had a bad value for the key.
  func wasRejected(_ name: String) -> Bool { rejected.contains(name) }

  mutating func report(
    _ key: String?, _ source: ConfigurationSource, _ problem: String, allowed: String
  ) {
    faults.append(ConfigurationFault(key: key, source: source, problem: problem, allowed: allowed))
  }

  private mutating func reject(_ key: SettingKey, _ source: ConfigurationSource, _ rejection: Rejection) {
    rejected.insert(key.name)
    report(
      rejection.place(in: key.name), source, rejection.problem, allowed: rejection.allowed ?? key.allowed)
  }
}

extension ConfigurationSource {
  fileprivate var textOrder: (Int, Int) {
    guard case .file(_, let line, let column) = self else { return (.max, .max) }
    return (line ?? .max, column ?? .max)
  }
}

extension String {
  /// The text as a part of a TOML key: quoted where it has to be.
  var asKey: String {
    !isEmpty && utf8.allSatisfy(\.isBareKeyByte) ? self : quoted
  }
}
