import ArgumentParser
import ClientKeys
import Platform
import Sealing
import Settings

/// `nomyo-proxy keys import`.
struct ImportKeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Take a client key of NOMYO's own tools into the daemon's key directory.",
    discussion: """
      For `keys.mode = "directory"`. The daemon has to be stopped: it holds its directory, and uses the key when it
      starts again. Exit status 75 while the daemon runs, 77 for files that may not be read or written.
      """)

  @Argument(help: "A directory with private_key.pem, or a PEM file.", completion: .file())
  var path: String

  @Option(help: "A file with the password of the key; without it the configured password, or none, is tried.")
  var keyPasswordFile: String?

  @Flag(help: "Replace the key that the daemon has now. Answers to it can then no longer be opened.")
  var replace = false

  @OptionGroup var flags: SettingFlags

  func run() throws {
    let settings = try KeyTransfer.settings(flags)
    let own = try KeyTransfer(settings: settings).ownDirectory()
    do {
      let found = try foreignKey(
        passwords: try keyPasswordFile.map { [try KeyTransfer.password(in: $0)] } ?? [
          settings.keys.password, nil,
        ])
      KeyTransfer.tell(found.warnings)
      let fingerprint = found.pair.publicKey.fingerprint
      let kept = try own.load()
      if let kept, kept.pair.publicKey.fingerprint != fingerprint, !replace {
        Complaint.say(
          "the daemon has a key already, \(kept.pair.publicKey.fingerprint); --replace puts \(fingerprint) in its place"
        )
        throw ExitCode.failure
      }
      if kept?.pair.publicKey.fingerprint != fingerprint { try own.save(found.pair) }
      StandardOutput.write("\(fingerprint), RSA-\(found.pair.bits); the daemon uses it when it starts\n")
    } catch let code as ExitCode { throw code } catch { throw KeyTransfer.complain(error) }
  }

  /// The key at the path, opened by the first of the passwords that fits.
  private func foreignKey(passwords: [Secret?]) throws -> KeyFile.Found {
    let file = KeyFile(path: path)
    var first: (any Error)?
    for password in passwords {
      do {
        guard file.isDirectory else { return try file.load(password: password) }
        if let loaded = try KeyDirectory(path: path, password: password).load() {
          return KeyFile.Found(pair: loaded.pair, warnings: loaded.warnings)
        }
        Complaint.say("\(TerminalText.line(path)) has no private_key.pem")
        throw ExitCode.failure
      } catch let code as ExitCode { throw code } catch {
        // What the first password met with says most about what is wrong.
        first = first ?? error
      }
    }
    throw first ?? ExitCode.failure
  }
}
