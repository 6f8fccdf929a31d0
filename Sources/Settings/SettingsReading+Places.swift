/// Where the process may keep things, as its environment says.
extension SettingsReading {
  /// Settles the state directory and the address of the admin socket.
  mutating func findPlaces() {
    settings.stateDirectory = sources.stateDirectory
    if settings.provenance["admin.listen"] == nil, !wasRejected("admin.listen") {
      settings.admin.entry = sources.runtimeDirectory.map { "unix:\($0)/admin.sock?mode=0600" }
    }
  }
}

extension SettingsSources {
  /// What outlives the process: systemd's directory, or the system's for root, or the user's.
  var stateDirectory: String? {
    systemdDirectory("STATE_DIRECTORY")
      ?? (isRoot
        ? "/var/lib/nomyo-proxy"
        : (absolute("XDG_STATE_HOME") ?? absolute("HOME").map { $0 + "/.local/state" })
          .map { $0 + "/nomyo-proxy" })
  }

  /// What ends with the process: systemd's directory, or the system's for root, or the user's.
  var runtimeDirectory: String? {
    systemdDirectory("RUNTIME_DIRECTORY")
      ?? (isRoot ? "/run/nomyo-proxy" : absolute("XDG_RUNTIME_DIR").map { $0 + "/nomyo-proxy" })
  }

  /// The first of the directories that systemd made (systemd.exec(5)).
  private func systemdDirectory(_ variable: String) -> String? {
    environment[variable].flatMap { $0.split(separator: ":").first.map(String.init) }
      .flatMap { $0.hasPrefix("/") ? $0 : nil }
  }

  /// Relative paths are to be ignored (XDG base directory specification).
  private func absolute(_ variable: String) -> String? {
    environment[variable].flatMap { $0.hasPrefix("/") ? $0 : nil }
  }
}
