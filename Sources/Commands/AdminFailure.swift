import ArgumentParser
import Settings

/// Why the running daemon did not do what it was asked for.
enum AdminFailure: Error, Equatable, CustomStringConvertible {
  /// The configuration has no admin address, and there is no directory for the usual one.
  case noAddress
  /// The environment or the flags are wrong, so nobody knows where the daemon is.
  case faulty(ConfigurationFaults)
  /// `admin.listen` cannot be read.
  case badAddress(String, problem: String)
  /// Nobody listens.
  case nobody(String)
  /// The socket belongs to somebody else.
  case notPermitted(String)
  /// Another user could have put the socket there.
  case untrustworthy(String)
  /// Somebody listens, and answered with nothing that could be used.
  case unusable(String, problem: String)
  /// The daemon says no.
  case refused(status: Int, message: String)

  /// What happened, why, and what to do next.
  var description: String {
    switch self {
    case .noAddress:
      "there is no admin socket: admin.listen is none, or neither RUNTIME_DIRECTORY nor XDG_RUNTIME_DIR names a place for "
        + "it; set admin.listen to the address that the daemon uses"
    case .faulty(let faults):
      "\(faults.faults.map(\.description).joined(separator: "; "))"
    case .badAddress(let address, let problem):
      "admin.listen is \(address): \(problem); give it unix:/path or a loopback host:port"
    case .nobody(let address):
      "no daemon answers at \(address): start it with `nomyo-proxy run`, or name its socket with --admin-listen"
    case .notPermitted(let address):
      "no permission for \(address): run this as the daemon's user or as root"
    case .untrustworthy(let address):
      "another user could have put a socket at \(address), so it was not asked: look at who owns it and its directory, or "
        + "name the daemon's socket with --admin-listen"
    case .unusable(let address, let problem):
      "what answers at \(address) is no nomyo-proxy of this version: \(problem); check admin.listen, "
        + "and restart the daemon if it was updated"
    case .refused(_, let message):
      message
    }
  }

  /// Whether there is nobody to ask.
  var isAbsence: Bool {
    switch self {
    case .nobody, .noAddress: true
    default: false
    }
  }

  /// What scripts read.
  var exitCode: ExitCode {
    switch self {
    case .noAddress, .badAddress, .faulty: .configuration
    case .nobody, .unusable: .unavailable
    case .notPermitted, .untrustworthy: .notPermitted
    case .refused(let status, _): status < 500 ? .failure : .internalFault
    }
  }
}
