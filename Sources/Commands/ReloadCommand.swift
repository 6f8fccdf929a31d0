import ArgumentParser
import Daemon
import Settings

/// `nomyo-proxy reload`.
struct ReloadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reload",
    abstract: "Have the running daemon read its configuration anew, and wait for what comes of it.",
    discussion: """
      The daemon reads from where it read at its start; the flags here only say where it is reached. It checks all of it
      first: with one fault, or a change that needs a restart, nothing changes. For ExecReload= of a service, where
      the exit status tells systemd what became of the reload.

      The exit status is 0 when the configuration is in force, 78 when it was refused, 69 when no daemon answers, 77
      when its admin socket belongs to somebody else.
      """)

  @OptionGroup var flags: SettingFlags

  func run() async throws {
    let outcome: ReloadOutcome
    do throws(AdminFailure) {
      outcome = try await AdminClient.with(try flags.readForAsking()) { client throws(AdminFailure) in
        try await client.reload()
      }
    } catch { throw Complaint.admin(error) }
    guard outcome.isTaken else {
      for fault in outcome.faults { Complaint.say(TerminalText.line(fault)) }
      Complaint.say(
        "nothing was reloaded: what was in force before still is, with tokens that were taken away since; mend or restart, as "
          + "it says above")
      throw ExitCode.configuration
    }
    let changed = outcome.changed.isEmpty ? "nothing had changed" : outcome.changed.joined(separator: " ")
    StandardOutput.write("reloaded: \(TerminalText.line(changed))\n")
  }
}
