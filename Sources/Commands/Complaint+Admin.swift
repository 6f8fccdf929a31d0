import ArgumentParser

extension Complaint {
  /// Tells why the running daemon could not help.
  static func admin(_ failure: AdminFailure) -> ExitCode {
    say("\(failure)")
    return failure.exitCode
  }
}
