import ArgumentParser
import Platform
import Sealing
import Settings
import Tokens

/// `nomyo-proxy tokens new`.
struct NewTokenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Make a token, print it once, and show or write the line for the file.",
    discussion: """
      The token alone goes to standard output, everything else to standard error. The file keeps only its SHA-256, so
      nobody can show it again: whoever loses a token makes another.

      To take a token away, delete its line and reload the daemon.
      """)

  @Argument(help: "Who gets it: letters, digits, . _ - and @. It stands in log lines and metrics.")
  var name: String

  @Flag(help: "Add the line to access.tokens_file, with its mode and owner as they are.")
  var write = false

  @OptionGroup var flags: SettingFlags

  func validate() throws {
    guard TokenList.isName(name) else {
      throw ValidationError(
        "A name has 1 to 64 letters, digits, '.', '_', '-' and '@', and is no token itself.")
    }
  }

  func run() throws {
    let path =
      write ? try TokensCommand.file(flags, "there is no file to write to").path : try configuredPath()
    let token: NewToken
    do throws(SealingError) { token = try NewToken() } catch {
      Complaint.say("no random bytes could be had: \(error)")
      throw ExitCode.internalFault
    }
    let line = token.line(named: name)
    if let path {
      do throws(TokenFileFault) {
        let file = TokenFile(path)
        // What is made must not lead to a file that the daemon then refuses.
        if try file.load().names.contains(name) { throw .nameTaken(name, path) }
        if write { try file.append((name, line)) }
      } catch { throw TokensCommand.complaint(error) }
    }
    token.secret.reveal { StandardOutput.write($0 + "\n") }
    StandardError.say(Self.advice(line: line, path: path, isWritten: write))
  }

  /// The file, as far as it is known without writing to it.
  private func configuredPath() throws -> String? {
    try flags.load(withSecrets: false).access.tokensFile
  }

  /// What to do next.
  static func advice(line: String, path: String?, isWritten: Bool) -> String {
    let give = """

      This token is shown once. Give it to the tool in place of an API key (OPENAI_API_KEY, ANTHROPIC_API_KEY, …).

      """
    let reload = "have the daemon read it: run nomyo-proxy reload, which says whether it did."
    guard !isWritten else { return give + "\nIts line is in \(path ?? ""). Now \(reload)" }
    let place =
      path.map { "Add this line to \($0)" }
      ?? "Add this line to a file, name that file with access.tokens_file, which asks every caller for a token"
    return give + "\n\(place), and \(reload)\n\n\(line)"
  }
}
