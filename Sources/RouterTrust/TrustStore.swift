/// The record and the log in the state directory, and the one lock under which they are changed.
struct TrustStore: Sendable {
  static let recordName = "trust.json"
  static let logName = "trust.log"
  static let lockName = "trust.lock"
  /// A router's entry takes some 200 bytes.
  static let recordLimit = 1 << 20
  /// Some 30,000 entries.
  static let logLimit = 16 << 20

  let directory: StateDirectory

  var recordPath: String { directory.path + "/" + Self.recordName }
  var logPath: String { directory.path + "/" + Self.logName }

  // MARK: Reading, which takes no lock: the record is replaced as a whole

  /// What is remembered; nothing if there is no record yet.
  func book() throws(TrustStoreFault) -> TrustBook {
    guard let open = try directory.open() else { return TrustBook() }
    return try book(open) ?? TrustBook()
  }

  /// The log, verified against the record.
  func chain() throws(TrustStoreFault) -> TrustLogChain {
    guard let open = try directory.open() else { return TrustLogChain([], remembered: .empty) }
    // In this order: a writer adds to the log first, so the log is never shorter than an older record says.
    let remembered = try book(open)?.head ?? .empty
    return TrustLogChain(try log(open), remembered: remembered)
  }

  private func book(_ open: OpenDirectory) throws(TrustStoreFault) -> TrustBook? {
    guard let bytes = try open.read(Self.recordName, limit: Self.recordLimit) else {
      // The record is there before the log has its first entry, so it was lost or taken away, and with it every
      // first use: that must not look like a fresh start.
      guard try log(open).isEmpty else { throw .recordMissing(path: recordPath, log: logPath) }
      return nil
    }
    do { return try TrustBook(json: bytes) } catch {
      throw .unreadable(path: recordPath, reason: error.reason)
    }
  }

  private func log(_ open: OpenDirectory) throws(TrustStoreFault) -> [UInt8] {
    try open.read(Self.logName, limit: Self.logLimit) ?? []
  }

  // MARK: Changing

  /// Changes the record and adds to the log, decided from what is there while nobody else can change it.
  ///
  /// The log is written first: a crash may leave an entry for what was not remembered and will happen again, never
  /// something remembered without an entry. When the log cannot be added to, the record is changed all the same.
  ///
  /// - Returns: why the log was not added to, nil if it was or had not to be.
  func change(
    logging: Bool, _ decide: (inout TrustBook) -> TrustLogNote?
  ) throws(TrustStoreFault) -> TrustStoreFault? {
    let open = try directory.openOrMake()
    return try open.locked(by: Self.lockName) { () throws(TrustStoreFault) in
      let before = try book(open)
      var book = before ?? TrustBook()
      var fault: TrustStoreFault?
      if let note = decide(&book), logging {
        if before == nil { try open.replace(Self.recordName, with: TrustBook().json) }
        do throws(TrustStoreFault) {
          book.head = try append(note, after: book.head, open)
        } catch {
          fault = error
          // As if it had not been seen, so that the next look tries to log it again.
          book.routers[note.router]?.seen = before?.routers[note.router]?.seen
        }
      }
      if book != before { try open.replace(Self.recordName, with: book.json) }
      return fault
    }
  }

  private func append(
    _ note: TrustLogNote, after head: TrustLogHead, _ open: OpenDirectory
  ) throws(TrustStoreFault) -> TrustLogHead {
    let bytes = try log(open)
    let chain = TrustLogChain(bytes, remembered: head)
    if let flaw = chain.flaw { throw .brokenLog(path: logPath, flaw: flaw) }
    let entry = TrustLogEntry(note, number: chain.entries.count + 1, previous: chain.head.hash)
    guard chain.length + entry.line.count < Self.logLimit else {
      throw .full(path: logPath, limit: Self.logLimit)
    }
    try open.append(entry.line + [UInt8(ascii: "\n")], to: Self.logName, after: chain.length)
    return TrustLogHead(entries: entry.number, hash: entry.hash)
  }

  /// Gives the log another name and begins a new chain.
  ///
  /// - Returns: the new name's path.
  func setLogAside(at time: Int) throws(TrustStoreFault) -> String {
    let open = try directory.openOrMake()
    return try open.locked(by: Self.lockName) { () throws(TrustStoreFault) in
      var book = try bookForNewLog(open)
      let name = "\(Self.logName).\(TrustLogEntry.text(of: time))"
      try open.rename(Self.logName, to: name)
      book.head = .empty
      try open.replace(Self.recordName, with: book.json)
      return open.path(name)
    }
  }

  /// The record, or a new one where it is missing: who sets the log aside wants to begin anew.
  private func bookForNewLog(_ open: OpenDirectory) throws(TrustStoreFault) -> TrustBook {
    do throws(TrustStoreFault) { return try book(open) ?? TrustBook() } catch {
      if case .recordMissing = error { return TrustBook() }
      throw error
    }
  }
}
