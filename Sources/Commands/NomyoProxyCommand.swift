public import ArgumentParser
import CVersion

/// `nomyo-proxy`.
public struct NomyoProxyCommand: AsyncParsableCommand {
  /// What `--help` shows.
  public static let configuration = CommandConfiguration(
    commandName: "nomyo-proxy",
    abstract: "Plain OpenAI requests in, sealed NOMYO requests out.",
    discussion: """
      Serves OpenAI's HTTP API on this machine, seals every request with the NOMYO hybrid scheme before it leaves,
      and opens the sealed answers. Point any OpenAI-compatible tool at it:

        NOMYO_API_KEY=… nomyo-proxy run
        export OPENAI_BASE_URL=http://127.0.0.1:12439/v1
      """,
    version: version,
    subcommands: [
      RunCommand.self, CheckCommand.self, DoctorCommand.self, StatusCommand.self, ReloadCommand.self,
      KeysCommand.self, TrustCommand.self, TokensCommand.self,
      HealthCommand.self, ConfigurationHelpCommand.self,
    ])

  static var version: String {
    "nomyo-proxy \(String(cString: cversion_version())) (\(String(cString: cversion_commit())))"
  }

  /// ArgumentParser needs it.
  public init() {}
}
