import ArgumentParser
import Settings

/// `nomyo-proxy help-config`.
struct ConfigurationHelpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "help-config",
    abstract: "List every key of the configuration with its variable, flag and default.")

  func run() { print(SettingKey.helpText) }
}
