import ArgumentParser
import Settings
import Tokens

/// `nomyo-proxy tokens`.
struct TokensCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokens",
    abstract: "Make and list the local tokens that callers bring (access.tokens_file).",
    subcommands: [NewTokenCommand.self, List.self])

  /// `nomyo-proxy tokens list`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Print the names in the file of tokens, or what is wrong with it.")

    @OptionGroup var flags: SettingFlags

    func run() throws {
      let file = try TokensCommand.file(flags, "there is nothing to list")
      do throws(TokenFileFault) {
        let names = try file.load().names
        StandardOutput.write(names.map { $0 + "\n" }.joined())
        if names.isEmpty { Complaint.say("\(file.path) holds no token, so every caller is refused") }
      } catch { throw TokensCommand.complaint(error) }
    }
  }

  /// The file that the configuration names.
  static func file(_ flags: SettingFlags, _ consequence: String) throws -> TokenFile {
    guard let path = try flags.load(withSecrets: false).access.tokensFile else {
      Complaint.say(
        "access.tokens_file is not set, so callers need no token and \(consequence); set it in the configuration, or name "
          + "the file with --access-tokens-file /etc/nomyo-proxy/tokens")
      throw ExitCode.configuration
    }
    return TokenFile(path)
  }

  /// Tells a fault, a line for each part of it.
  static func complaint(_ fault: TokenFileFault) -> ExitCode {
    for line in "\(fault)".split(separator: "\n") { Complaint.say(String(line)) }
    switch fault {
    case .unreadable: return .configuration
    case .system: return .notPermitted
    default: return .failure
    }
  }
}
