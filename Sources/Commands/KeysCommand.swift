import ArgumentParser
import ClientKeys
import Daemon
import Settings

/// `nomyo-proxy keys`.
struct KeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Show, rotate, export and import the keys that answers are sealed to.",
    subcommands: [Show.self, Rotate.self, ExportKeysCommand.self, ImportKeysCommand.self])

  /// `nomyo-proxy keys show`.
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Print number, age, uses, fingerprint and next rotation of the running daemon's client key.")

    @OptionGroup var flags: SettingFlags

    func run() async throws {
      let settings = try flags.load(withSecrets: false)
      do throws(AdminFailure) {
        let (status, _) = try await AdminClient.with(settings) { client throws(AdminFailure) in
          try await client.status()
        }
        let lines = StatusText.clientKeys(status.clientKeys, at: status.takenAt)
        StandardOutput.write(StatusText.row("client key", lines))
      } catch { throw Complaint.admin(error) }
    }
  }

  /// `nomyo-proxy keys rotate`.
  struct Rotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rotate", abstract: "Replace the running daemon's client key now.",
      discussion: """
        Requests in flight keep the key that they announced; none is lost. When no key was made ahead, this waits for
        one, which takes up to two seconds.
        """)

    @OptionGroup var flags: SettingFlags

    func run() async throws {
      let settings = try flags.load(withSecrets: false)
      do throws(AdminFailure) {
        let current = try await AdminClient.with(settings) { client throws(AdminFailure) in
          try await client.rotateKeys()
        }
        StandardOutput.write("generation \(current.number) is current: \(current.fingerprint)\n")
      } catch { throw Complaint.admin(error) }
    }
  }
}
