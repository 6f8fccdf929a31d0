import ArgumentParser
import Platform
import RouterTrust
import Settings

/// `nomyo-proxy trust log`.
struct TrustLogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Print every key seen and every decision, and verify that none was cut or edited.",
    discussion: """
      Every entry carries the hash of the one before, and trust.json remembers the last. Exit status 1 when the log was
      altered or cut, after the entries up to there; 77 when it may not be read, 78 when there is no place for it.
      """)

  @Flag(help: "Give the log another name, whatever is in it, so that the next entry begins a new one.")
  var setAside = false

  @OptionGroup var flags: SettingFlags

  func run() throws {
    let place = TrustPlace(settings: try flags.load(withSecrets: false))
    let log = TrustLog(directory: try place.directory())
    guard !setAside else {
      do {
        StandardOutput.write("the log is now \(try log.setAside(at: WallClock.seconds()))\n")
        return
      } catch { throw TrustPlace.complain(error) }
    }
    let chain: TrustLogChain
    do { chain = try log.verify() } catch { throw TrustPlace.complain(error) }
    StandardOutput.write(chain.entries.map(Self.text).joined())
    if chain.tornBytes > 0 {
      Complaint.say("the last entry was cut short by a crash and never counted; the next one takes its place")
    }
    if let flaw = chain.flaw {
      Complaint.say(
        "\(TerminalText.line(log.path)): \(flaw). Find out who wrote to it; the daemon adds nothing to it as it is. "
          + "`nomyo-proxy trust log --set-aside` begins a new one")
      throw ExitCode.failure
    }
    let entries = chain.entries.count == 1 ? "1 entry" : "\(chain.entries.count) entries"
    Complaint.say("\(TerminalText.line(log.path)): \(entries), whole and unaltered")
  }

  /// One entry in two or three lines.
  static func text(_ entry: TrustLogEntry) -> String {
    var lines = [
      "\(entry.event.rawValue) \(entry.key)" + (entry.bits.map { " RSA-\($0)" } ?? ""),
      "\(TerminalText.line(entry.time)) \(TerminalText.line(entry.router))"
        + (entry.acceptedBy.map { ", accepted by \($0.rawValue)" } ?? ""),
    ]
    if let certificate = entry.certificate { lines.append("under the certificate key \(certificate)") }
    return StatusText.row("\(entry.number)", lines)
  }
}
