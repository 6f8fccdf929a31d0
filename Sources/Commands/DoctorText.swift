import ArgumentParser
import Daemon

/// The doctor's steps as lines for people.
enum DoctorText {
  private static let nameWidth = 14

  /// A line for a step, and a second one with what to do.
  static func text(_ step: DoctorStep) -> String {
    let (mark, remedy): (String, String?) =
      switch step.outcome {
      case .passed: ("ok", nil)
      case .warned(let remedy): ("warning", remedy)
      case .failed(_, let remedy): ("FAILED", remedy)
      case .skipped: ("skipped", nil)
      }
    let line = padded(mark, 9) + padded(step.name, nameWidth) + TerminalText.line(step.detail) + "\n"
    return line + (remedy.map { padded("", 9) + "  -> \(TerminalText.line($0))\n" } ?? "")
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}

extension DoctorStep {
  /// The exit status of a failure, nil for everything else.
  var exitCode: ExitCode? {
    guard case .failed(let cause, _) = outcome else { return nil }
    return switch cause {
    case .configuration: .configuration
    case .router: .unavailable
    case .permission: .notPermitted
    case .passing: .tryAgain
    case .program: .internalFault
    }
  }
}
