@testable import Settings

/// One input: a configuration file, and perhaps lines `NAME=value` of the environment and of flags behind a zero byte.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSettings(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  judge(start, count) { bytes in
    let parts = bytes.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false).map { Array($0) }
    let texts = parts.dropFirst().map { String(decoding: $0, as: UTF8.self) }
    let sources = SettingsSources(
      configFlag: "/c.toml", flags: pairs(texts.dropFirst().first ?? "", prefix: ""),
      environment: pairs(texts.first ?? "", prefix: "NOMYO_"), files: Files(configuration: parts[0]))
    do throws(ConfigurationFaults) {
      checkReturning(try SettingsLoader.load(sources))
    } catch {
      require(!error.faults.isEmpty, "refused without a fault")
      for fault in error.faults { checkFault(fault, in: parts[0]) }
    }
  }
}

/// A file system in which the configuration is the input, and whatever it names a few bytes.
private struct Files: FileReading {
  let configuration: [UInt8]

  func read(_ path: String, limit: Int) throws(FileFault) -> FileContents {
    switch path {
    case "/c.toml": FileContents(bytes: configuration, permissions: 0o644)
    case _ where path.hasPrefix("/x"): throw .missing
    case _ where path.hasPrefix("/i"):
      FileContents(bytes: Array(configuration.prefix(limit)), permissions: 0o600)
    default:
      FileContents(bytes: Array("-----BEGIN CERTIFICATE-----\n".utf8.prefix(limit)), permissions: 0o600)
    }
  }
}

private func pairs(_ text: String, prefix: String) -> [String: String] {
  let pairs = text.split(separator: "\n").map { line in
    let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    return (prefix + parts[0], String(parts.dropFirst().first ?? ""))
  }
  return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
}

/// A fault is one line, and stands where there is something.
private func checkFault(_ fault: ConfigurationFault, in configuration: [UInt8]) {
  for scalar in fault.description.unicodeScalars {
    require(!"\n\r\u{85}\u{2028}\u{2029}\u{1B}".unicodeScalars.contains(scalar), "a fault of several lines")
  }
  guard case .file("/c.toml", let line?, let column) = fault.source else { return }
  require(line >= 1 && column ?? 1 >= 1, "a fault at no place")
  require(line <= configuration.count { $0 == UInt8(ascii: "\n") } + 1, "a fault behind the end")
}

/// What is in force is a file that says the same.
private func checkReturning(_ settings: Settings) {
  let text = settings.effectiveText()
  let sources = SettingsSources(configFlag: "/c.toml", files: Files(configuration: Array(text.utf8)))
  do throws(ConfigurationFaults) {
    let again = try SettingsLoader.load(sources)
    for key in SettingKey.all where key.name != "admin.listen" {
      require(key.value(in: again) == key.value(in: settings), "\(key.name) does not come back")
    }
  } catch {
    require(false, "what is in force is refused: \(error)\n\(text)")
  }
}
