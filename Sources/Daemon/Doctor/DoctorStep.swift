/// One step of the doctor's walk and what came of it.
public struct DoctorStep: Sendable, Equatable {
  /// What kind of thing is in the way; commands turn it into their exit status.
  public enum Cause: Sendable, Equatable {
    /// The configuration, or a file that it names.
    case configuration
    /// The router, or something on the way to it.
    case router
    /// A permission, of this process or of the API key.
    case permission
    /// Something that may go by itself.
    case passing
    /// The program itself.
    case program
  }

  /// What came of a step.
  public enum Outcome: Sendable, Equatable {
    /// All is well.
    case passed
    /// It works, and something should be done all the same.
    case warned(remedy: String)
    /// It does not work, and what to do about it.
    case failed(Cause, remedy: String)
    /// An earlier step has to pass first.
    case skipped
  }

  /// What was looked at, in one or two words.
  public var name: String
  /// What was found.
  public var detail: String
  /// What came of it.
  public var outcome: Outcome

  /// A step of these parts.
  public init(_ name: String, _ detail: String, _ outcome: Outcome = .passed) {
    self.name = name
    self.detail = detail
    self.outcome = outcome
  }

  /// A failure whose text has the remedy behind its first semicolon, as this program's errors do.
  static func failed(_ name: String, _ cause: Cause, _ error: some CustomStringConvertible) -> DoctorStep {
    let parts = error.description.split(separator: "; ", maxSplits: 1).map(String.init)
    return DoctorStep(
      name, parts.first ?? "", .failed(cause, remedy: parts.count > 1 ? parts[1] : "see the documentation"))
  }
}
