import Glibc

/// What happens when the process crashes.
public enum CrashReports {
  /// The signals that Swift's runtime answers with a report (SWIFT_BACKTRACE in Swift's documentation).
  private static let signals = [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP]

  /// Lets the process end at once and in silence when it crashes.
  ///
  /// Where a toolchain is installed, Swift's runtime starts another program that prints registers and the memory that
  /// they point to, which may be a prompt, into the log. It also hangs when it may not read the crashed process, and a
  /// service manager would wait for it instead of starting the service anew.
  public static func switchOff() {
    for number in signals {
      var now = sigaction()
      guard sigaction(number, nil, &now) == 0, !isIgnored(now) else { continue }
      signal(number, SIG_DFL)
    }
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    // SIG_IGN is the address 1, which Swift imports as a function.
    unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
  }
}
