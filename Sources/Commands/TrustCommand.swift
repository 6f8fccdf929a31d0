import ArgumentParser
import Daemon
import Platform
import RouterTrust
import Sealing
import Settings

/// `nomyo-proxy trust`.
struct TrustCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust", abstract: "The router's key: what is trusted, why, since when.",
    subcommands: [Show.self, Accept.self, Pin.self, TrustLogCommand.self])

  /// `nomyo-proxy trust show`.
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Print which keys are trusted, why, since when, and what the daemon sees.")

    @OptionGroup var flags: SettingFlags

    func run() async throws {
      let settings = try flags.load(withSecrets: false)
      let place = TrustPlace(settings: settings)
      let remembered: RememberedRouter?
      do throws(TrustStoreFault) {
        remembered = try settings.stateDirectory.map { path throws(TrustStoreFault) in
          try TrustRecord(directory: path).router(place.router)
        }
      } catch { throw TrustPlace.complain(error) }
      let running = try? await AdminClient.with(settings) { client throws(AdminFailure) in
        try await client.status().status
      }
      StandardOutput.write(
        TrustText(
          router: place.router, mode: settings.router.trust, pins: settings.router.pins,
          remembered: remembered,
          running: running.map { ($0.routerKey, $0.takenAt) }
        ).text)
    }
  }

  /// `nomyo-proxy trust accept`.
  struct Accept: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "accept", abstract: "Trust this key of the router from now on, and no other.",
      discussion: """
        Compare the fingerprint with what the router's operator says before: a key that somebody on the way put there
        reads your prompts. The running daemon takes the key up at once, if it is the one that the router shows; for a key
        that is not in use yet there is `trust pin`.
        """)

    @Argument(
      help: "sha256/BASE64, as `trust show` and the refusal print it.", transform: TrustCommand.fingerprint)
    var fingerprint: KeyFingerprint

    @Flag(help: "Write to the state directory, for a daemon that does not run.")
    var offline = false

    @OptionGroup var flags: SettingFlags

    func run() async throws {
      let settings = try flags.load(withSecrets: false)
      try TrustCommand.requireFirstUse(settings)
      guard !offline else { return try remember(settings) }
      do throws(AdminFailure) {
        let status = try await AdminClient.with(settings) { client throws(AdminFailure) in
          try await client.acceptRouterKey(fingerprint)
        }
        StandardOutput.write(
          StatusText.row("router key", StatusText.routerKey(status, at: WallClock.seconds())))
      } catch {
        if error.isAbsence {
          Complaint.say(
            "nothing was accepted; for a daemon that does not run, add --offline to remember the key")
        }
        throw Complaint.admin(error)
      }
    }

    private func remember(_ settings: Settings) throws {
      let place = TrustPlace(settings: settings)
      let directory = try place.directory()
      do throws(TrustStoreFault) {
        let kept = try TrustRecord(directory: directory).accept(
          fingerprint, of: place.router, at: WallClock.seconds(), log: TrustLog(directory: directory))
        TrustCommand.tell(kept.logFault)
      } catch { throw TrustPlace.complain(error) }
      StandardOutput.write(
        "\(fingerprint) is remembered in \(directory), alone, for \(place.router)\n")
    }
  }

  /// `nomyo-proxy trust pin`.
  struct Pin: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "pin", abstract: "Trust this key of the router as well, before it is in use.",
      discussion: """
        For a change of the router's key that was announced: the key of now stays trusted. A running daemon reads it
        when it next looks at the router's key. Keys that the configuration has to name go into router.pins instead.
        """)

    @Argument(
      help: "sha256/BASE64, as the router's operator announces it.", transform: TrustCommand.fingerprint)
    var fingerprint: KeyFingerprint

    @OptionGroup var flags: SettingFlags

    func run() throws {
      let settings = try flags.load(withSecrets: false)
      try TrustCommand.requireFirstUse(settings)
      let place = TrustPlace(settings: settings)
      let directory = try place.directory()
      do throws(TrustStoreFault) {
        let kept = try TrustRecord(directory: directory).pin(
          fingerprint, of: place.router, at: WallClock.seconds(), log: TrustLog(directory: directory))
        TrustCommand.tell(kept.logFault)
        StandardOutput.write("\(kept.router.trusted.count) trusted for \(place.router):\n")
        for key in kept.router.trusted { StandardOutput.write("\(key.key)\n") }
      } catch { throw TrustPlace.complain(error) }
    }
  }

  /// What is remembered has a say only under `first-use`.
  private static func requireFirstUse(_ settings: Settings) throws(ExitCode) {
    switch settings.router.trust {
    case .firstUse: return
    case .pinned:
      Complaint.say(
        "router.trust is pinned: the trusted keys are those in router.pins; add it there, and nowhere else")
    case .tls:
      Complaint.say(
        "router.trust is tls: every key that TLS delivers is taken; set router.trust to first-use or pinned")
    }
    throw .configuration
  }

  private static func fingerprint(_ text: String) throws(ValidationError) -> KeyFingerprint {
    guard let fingerprint = KeyFingerprint(text) else {
      throw ValidationError("a fingerprint is sha256/ and 44 characters of base64")
    }
    return fingerprint
  }

  private static func tell(_ logFault: TrustStoreFault?) {
    if let logFault { Complaint.say("warning: not in the trust log: \(TerminalText.line("\(logFault)"))") }
  }
}
