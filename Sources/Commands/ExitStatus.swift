import ArgumentParser

/// Exit statuses as sysexits.h numbers them.
extension ExitCode {
  /// The router cannot be reached.
  static let unavailable = ExitCode(69)
  /// The program failed on its own account.
  static let internalFault = ExitCode(70)
  /// Something is in the way that may go by itself.
  static let tryAgain = ExitCode(75)
  /// The process may not do what it was told to.
  static let notPermitted = ExitCode(77)
  /// The configuration is wrong.
  static let configuration = ExitCode(78)
}
