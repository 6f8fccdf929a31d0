import ArgumentParser
import Glibc
import RouterTrust
import Settings

/// What is remembered of routers, in the state directory that the configuration and the environment name.
struct TrustPlace {
  let settings: Settings

  /// The address under which the router's keys are remembered.
  var router: String { settings.router.url.description }

  /// The directory.
  ///
  /// - Throws: the exit status where there is none, after that was told.
  func directory() throws(ExitCode) -> String {
    guard let directory = settings.stateDirectory else {
      Complaint.say(
        "nothing is remembered: neither STATE_DIRECTORY nor XDG_STATE_HOME nor HOME names a place for it; "
          + "run this with the daemon's environment")
      throw .configuration
    }
    return directory
  }

  /// Tells what is wrong with the record or the log.
  static func complain(_ fault: TrustStoreFault) -> ExitCode {
    Complaint.say(TerminalText.line("\(fault)"))
    return switch fault {
    case .system(_, _, EACCES), .system(_, _, EPERM), .system(_, _, EROFS), .notPrivate: .notPermitted
    case .busy: .tryAgain
    case .system, .full: .internalFault
    case .unreadable, .recordMissing, .forgotten, .brokenLog: .configuration
    }
  }
}
