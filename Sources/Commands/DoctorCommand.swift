import ArgumentParser
import Daemon
import Platform
import Settings

/// `nomyo-proxy doctor`.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Walk the whole way of a request, step by step, and say for each failure what to do.",
    discussion: """
      Configuration, files, memory, name look-up, connection, the router's key and trust in it, a client key, the API
      key, one sealed round trip, and the running daemon if there is one. Needs no daemon, opens no port and remembers
      nothing. Run it as the daemon's user and with its environment.

      The round trip is a short prompt that the router may charge for. The exit status is that of the first failure: 69
      router not reached or not trusted, 70 internal, 75 try again, 77 permission or API key, 78 configuration.
      """)

  @Option(help: "The model of the round trip; by default the first that the router offers.")
  var model: String?

  @OptionGroup var flags: SettingFlags

  func run() async throws {
    var protection: Result<SecureMemoryReport, SecureMemoryError> = .success(SecureMemoryReport(mode: .off))
    let settings = try flags.load { mode in
      protection = Result { () throws(SecureMemoryError) in try SecureMemory.apply(mode) }
    }
    let doctor: Doctor
    do { doctor = try Doctor(settings, memory: protection, model: model) } catch let faults
      as ConfigurationFaults
    {
      throw Complaint.configuration(faults)
    } catch {
      Complaint.say("libcurl cannot be used: \(error)")
      throw ExitCode.internalFault
    }
    var first: ExitCode?
    func tell(_ step: DoctorStep) {
      StandardOutput.write(DoctorText.text(step))
      first = first ?? step.exitCode
    }
    await doctor.walk(tell)
    tell(await Self.runningDaemon(settings))
    if let first { throw first }
  }

  /// What a daemon says of itself, if one runs; that none does is no failure.
  private static func runningDaemon(_ settings: Settings) async -> DoctorStep {
    let name = "daemon"
    do throws(AdminFailure) {
      let status = try await AdminClient.with(settings) { client throws(AdminFailure) in
        try await client.status().status
      }
      if status.isReady { return DoctorStep(name, "process \(status.pid) is ready") }
      let wants = status.waitingFor.joined(separator: ", ").replacing("_", with: " ")
      return DoctorStep(
        name, "process \(status.pid) is NOT ready, waiting for \(wants)",
        .failed(.passing, remedy: status.reason ?? "look at `nomyo-proxy status` and the daemon's log"))
    } catch {
      switch error {
      case .nobody, .noAddress: return DoctorStep(name, "none runs here", .skipped)
      case .notPermitted, .untrustworthy: return DoctorStep(name, "\(error)", .skipped)
      case .badAddress, .faulty:
        return DoctorStep(name, "\(error)", .failed(.configuration, remedy: "mend admin.listen"))
      case .unusable, .refused:
        return DoctorStep(
          name, "\(error)", .failed(.program, remedy: "restart the daemon, then look at its log"))
      }
    }
  }
}
