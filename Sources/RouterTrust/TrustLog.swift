/// The file `trust.log` in the state directory, mode 0600: one JSON object in each line, each with the hash of the one
/// before, for every change of what a router shows and of what is trusted.
///
/// Lines are only ever added. Every addition verifies the whole log first, and a log that was altered or cut gets no
/// more of them: what is decided about a key goes on without, with a warning, until a person has looked into it and
/// set the log aside. How many entries there are, and the hash of the last, stands in `trust.json` beside it, without
/// which there is no log.
public struct TrustLog: Sendable {
  let store: TrustStore

  /// The log in a state directory.
  public init(directory: String) {
    self.init(StateDirectory(directory))
  }

  package init(_ directory: StateDirectory) {
    store = TrustStore(directory: directory)
  }

  /// Where the file is.
  public var path: String { store.logPath }

  /// Reads the log and verifies it from its first entry to its last; `flaw` of the result is the first bad entry.
  public func verify() throws(TrustStoreFault) -> TrustLogChain {
    try store.chain()
  }

  /// Gives the file another name, whatever is in it, so that the next entry begins a new log.
  ///
  /// - Parameter time: Seconds since 1970; it becomes part of the name.
  /// - Returns: where the old log is now.
  public func setAside(at time: Int) throws(TrustStoreFault) -> String {
    try store.setLogAside(at: time)
  }
}
