import ArgumentParser
import Daemon
import Logging
import Settings

/// `nomyo-proxy check`.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Read the configuration: print every fault, or what is in force with secrets hidden.")

  @OptionGroup var flags: SettingFlags

  func run() throws {
    let settings = try flags.load()
    // What only the other modules can judge, without starting anything.
    let daemon: Daemon
    do {
      daemon = try Daemon(settings, logger: Logger(label: "check") { _ in SwiftLogNoOpLogHandler() })
    } catch {
      throw Complaint.configuration(error)
    }
    for warning in settings.warnings + daemon.warnings { Complaint.say("warning: \(warning)") }
    print(settings.effectiveText(), terminator: "")
  }
}
