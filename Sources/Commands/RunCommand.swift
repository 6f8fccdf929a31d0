import ArgumentParser
import Daemon
import Glibc
import Listener
import Logging
import Settings

/// `nomyo-proxy run`.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Serve until SIGTERM or SIGINT.",
    discussion: """
      Every key of the configuration is also a flag and an environment variable; `nomyo-proxy help-config` lists them
      with their defaults.
      """)

  @OptionGroup var flags: SettingFlags

  func run() async throws {
    let settings = try flags.load()
    // The other end of a pipe or socket that closes is an error of that write, and never the end of the process.
    signal(SIGPIPE, SIG_IGN)
    do { try await Daemon(settings, logger: Self.logger(settings.log)).run() } catch let faults
      as ConfigurationFaults
    {
      throw Complaint.configuration(faults)
    } catch let error as ListenError {
      Complaint.say("\(error)")
      throw error.reason == .notPermitted ? ExitCode.notPermitted : .tryAgain
    }
  }

  private static func logger(_ log: Settings.Log) -> Logger {
    let style: LogStyle =
      switch log.format {
      case .auto: .suiting(descriptor: STDERR_FILENO)
      case .text: .text
      case .json: .json
      }
    let level = Logger.Level(rawValue: log.level.rawValue) ?? .info
    return Logger(label: "nomyo-proxy") { _ in
      LineLogHandler(style: style, level: level, descriptor: STDERR_FILENO)
    }
  }
}
