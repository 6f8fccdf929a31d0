import ArgumentParser
import Platform
import Settings

/// Failures as a person reads them, on standard error, each with the exit status that scripts read.
enum Complaint {
  /// Tells every fault of a configuration, a line each.
  static func configuration(_ faults: ConfigurationFaults) -> ExitCode {
    for fault in faults.faults { say("\(fault)") }
    say(
      "nothing was started: mend the configuration and try again; `nomyo-proxy check` reads it without starting"
    )
    return .configuration
  }

  /// A line on standard error, with the program's name before it.
  static func say(_ text: String) { StandardError.say("nomyo-proxy: \(text)") }
}
