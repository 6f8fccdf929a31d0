import Glibc

/// What falls to the first process of a container, above which there is no init.
enum FirstProcess {
  /// Takes these duties on where this process is the first one.
  ///
  /// Signals without a handler, which end any other process, are nothing to the first one (pid_namespaces(7)): until the
  /// services listen for them, a stop would be lost, and the engine would kill after its grace period. And processes
  /// whose parents ended become its children; unless it says that it does not care, each stays as a zombie.
  static func takeUp() {
    guard getpid() == 1 else { return }
    signal(SIGCHLD, SIG_IGN)
    for number in [SIGTERM, SIGINT] {
      // Nothing was accepted yet. The status is what a shell says of a process that the signal ended.
      signal(number) { _exit(128 + $0) }
    }
  }
}
