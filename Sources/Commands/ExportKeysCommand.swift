import ArgumentParser
import ClientKeys
import Sealing
import Settings

/// `nomyo-proxy keys export`.
struct ExportKeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Copy the stored client key into another directory, in the layout of NOMYO's own tools.",
    discussion: """
      For `keys.mode = "directory"`. The daemon has to be stopped: it holds its directory. A key that is in DIR
      already is never replaced. Exit status 75 while the daemon runs, 77 for files that may not be read or written.
      """)

  @Argument(
    help: "Where private_key.pem and public_key.pem go; made if it does not exist.", completion: .directory)
  var directory: String

  @Option(help: "A file with the password of the copy; without it the password is the configured one.")
  var copyPasswordFile: String?

  @OptionGroup var flags: SettingFlags

  func run() throws {
    let settings = try KeyTransfer.settings(flags)
    let own = try KeyTransfer(settings: settings).ownDirectory()
    let password = try copyPasswordFile.map(KeyTransfer.password) ?? settings.keys.password
    do {
      guard let kept = try own.load() else {
        Complaint.say("there is no client key yet: the daemon makes one when it starts")
        throw ExitCode.failure
      }
      KeyTransfer.tell(kept.warnings)
      let copy = KeyDirectory(path: directory, password: password)
      if let other = try copy.load() {
        Complaint.say(
          "\(TerminalText.line(directory)) holds a key already, \(other.pair.publicKey.fingerprint); "
            + "move it away or name another directory")
        throw ExitCode.failure
      }
      try copy.save(kept.pair)
      if kept.pair.primes > 2 {
        Complaint.say(
          "warning: NOMYO's Python package cannot read keys of more than two primes (keys.primes)")
      }
      StandardOutput.write(
        "\(TerminalText.line(directory)): \(kept.pair.publicKey.fingerprint), "
          + "\(password == nil ? "NOT protected by a password" : "protected by a password")\n")
    } catch let code as ExitCode { throw code } catch { throw KeyTransfer.complain(error) }
  }
}
