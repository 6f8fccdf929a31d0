import Settings

/// A file system in memory.
struct MemoryFiles: FileReading {
  struct File {
    var text: [UInt8]
    var permissions: UInt32? = 0o600
  }

  var files: [String: File] = [:]
  var faults: [String: FileFault] = [:]

  init(_ texts: [String: String] = [:]) {
    files = texts.mapValues { File(text: Array($0.utf8)) }
  }

  func read(_ path: String, limit: Int) throws(FileFault) -> FileContents {
    if let fault = faults[path] { throw fault }
    guard let file = files[path] else { throw .missing }
    guard file.text.count <= limit else { throw .tooLarge }
    return FileContents(bytes: file.text, permissions: file.permissions)
  }
}

/// Loads a configuration whose file is `/c.toml`.
func load(
  _ toml: String = "", environment: [String: String] = [:], flags: [String: String] = [:],
  files: [String: String] = [:]
) throws(ConfigurationFaults) -> Settings {
  var files = MemoryFiles(files)
  files.files["/c.toml"] = MemoryFiles.File(text: Array(toml.utf8))
  return try SettingsLoader.load(
    SettingsSources(configFlag: "/c.toml", flags: flags, environment: environment, files: files))
}

/// The faults of a configuration as they are printed, one line each.
func faults(
  _ toml: String = "", environment: [String: String] = [:], flags: [String: String] = [:],
  files: [String: String] = [:]
) -> [String] {
  do throws(ConfigurationFaults) {
    _ = try load(toml, environment: environment, flags: flags, files: files)
    return []
  } catch {
    return error.faults.map(\.description)
  }
}
