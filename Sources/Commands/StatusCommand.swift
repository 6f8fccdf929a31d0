import ArgumentParser
import Daemon
import Glibc
import Settings

/// `nomyo-proxy status`.
struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Ask the running daemon how it is: readiness, keys, trust, memory, exchanges.",
    discussion: """
      The exit status is 0 when the daemon answers, whether it is ready or not (`nomyo-proxy health --ready` asks for
      that), 69 when no daemon answers, 77 when its admin socket belongs to somebody else, 78 for faulty
      flags or variables. A file with a fault is left aside: a running daemon does not depend on it.
      """)

  @Flag(help: "Print the daemon's own document, as one line of JSON.")
  var json = false

  @Flag(help: "Print it again every second, until Ctrl-C.")
  var watch = false

  @OptionGroup var flags: SettingFlags

  /// Cursor to the upper left corner, and nothing kept of what was below (ECMA-48, CUP and ED).
  private static let redraw = "\u{1B}[H\u{1B}[J"

  func run() async throws {
    do throws(AdminFailure) {
      let settings = try flags.readForAsking()
      try await AdminClient.with(settings) { client throws(AdminFailure) in
        // Nothing to watch is a failure at once; a daemon that goes away later may come back.
        StandardOutput.write(frame(try await text(client), isFirst: true))
        if watch { await keepWatching(client) }
      }
    } catch { throw Complaint.admin(error) }
  }

  private func keepWatching(_ client: AdminClient) async {
    for interrupt in [SIGINT, SIGTERM] {
      // Only what is safe in a signal handler; the terminal is in no special state.
      signal(interrupt) { _ in
        write(STDOUT_FILENO, "\n", 1)
        _exit(0)
      }
    }
    while (try? await Task.sleep(for: .seconds(1))) != nil {
      let text: String
      do throws(AdminFailure) { text = try await self.text(client) } catch { text = "\(error)\n" }
      StandardOutput.write(frame(text, isFirst: false))
    }
  }

  private func text(_ client: AdminClient) async throws(AdminFailure) -> String {
    let (status, document) = try await client.status()
    return json ? TerminalText.json(document) + "\n" : StatusText(status: status).text
  }

  private func frame(_ text: String, isFirst: Bool) -> String {
    guard watch, !json else { return text }
    if StandardOutput.isTerminal { return Self.redraw + text }
    return isFirst ? text : "\n" + text
  }
}
