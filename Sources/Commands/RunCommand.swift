import ArgumentParser
import ClientKeys
import Daemon
import Glibc
import Listener
import Platform
import Settings

/// `nomyo-proxy run`.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Serve until SIGTERM or SIGINT; SIGHUP reloads, SIGUSR1 replaces the client key.",
    discussion: """
      On SIGTERM or SIGINT, requests in flight are answered for at most shutdown.drain; a second signal ends that wait.
      The exit status is 0 if all of them were, and 75 if some were given up.

      Every key of the configuration is also a flag and an environment variable; `nomyo-proxy help-config` lists them
      with their defaults.
      """)

  @OptionGroup var flags: SettingFlags

  func run() async throws {
    FirstProcess.takeUp()
    CrashReports.switchOff()
    let (settings, memory) = try protectedSettings()
    // The other end of a pipe or socket that closes is an error of that write, and never the end of the process.
    signal(SIGPIPE, SIG_IGN)
    // Until there is a key to rotate or somebody to read anew, the wish must not end the process.
    signal(SIGUSR1, SIG_IGN)
    signal(SIGHUP, SIG_IGN)
    let log = DaemonLog(settings.log)
    do {
      // Complaints come after what was logged.
      defer { log.flush() }
      try await Daemon(
        settings, memory: memory, version: NomyoProxyCommand.version, logger: log.logger
      ).run { [flags] in try flags.read(again: true) }
    } catch let faults
      as ConfigurationFaults
    {
      throw Complaint.configuration(faults)
    } catch is RequestsGivenUp {
      // What and how many is in the log.
      throw ExitCode.tryAgain
    } catch let error as KeyDirectoryFault {
      Complaint.say("\(error)")
      throw ExitCode.tryAgain
    } catch let error as SecureMemoryError {
      throw Self.refusal(error)
    } catch let error as ListenError {
      Complaint.say("\(error)")
      if error.reason == .notPermitted { throw ExitCode.notPermitted }
      throw error.isLasting ? ExitCode.configuration : .tryAgain
    }
  }

  /// The settings, with memory protected before the first secret is read.
  private func protectedSettings() throws -> (Settings, SecureMemoryReport) {
    var protection: Result<SecureMemoryReport, SecureMemoryError>?
    let settings = try flags.load { mode in
      protection = Result { () throws(SecureMemoryError) in try SecureMemory.apply(mode) }
    }
    switch protection {
    case .success(let report): return (settings, report)
    case .failure(let error):
      throw Self.refusal(error)
    case nil: return (settings, SecureMemoryReport(mode: .off))
    }
  }

  private static func refusal(_ error: SecureMemoryError) -> ExitCode {
    Complaint.say("privacy.secure_memory is required, and not to be had. \(error)")
    return .notPermitted
  }
}
