import JSONText

/// Collects the events of one stream until they make a piece that is worth a write to the socket.
///
/// The one place that knows how events and lines are framed.
struct EventWriter {
  /// Enough to make system calls rare, little enough to show the beginning of an answer at once.
  static let pieceByteCount = 16 * 1024

  /// About this many characters of text make an event: small enough to look like typing, large enough that a long answer
  /// is not mostly framing.
  static let charactersPerEvent = 48

  private(set) var bytes: [UInt8] = []

  /// Whether the events so far make a piece.
  var isFull: Bool { bytes.count >= Self.pieceByteCount }

  /// Hands over the events so far.
  mutating func take() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  /// A server-sent event without a name: `data: …`.
  mutating func data(_ write: (inout JSONWriter) -> Void) {
    bytes += "data: ".utf8
    append(write)
    bytes += "\n\n".utf8
  }

  /// A server-sent event without a name whose data is at hand.
  ///
  /// - Parameter text: Has no line end in it.
  mutating func data(_ text: some Collection<UInt8>) {
    bytes += "data: ".utf8
    bytes += text
    bytes += "\n\n".utf8
  }

  /// A server-sent event with a name: `event: …` and `data: …`.
  mutating func event(_ name: String, _ write: (inout JSONWriter) -> Void) {
    bytes += "event: \(name)\n".utf8
    data(write)
  }

  /// A line of newline-delimited JSON.
  mutating func line(_ write: (inout JSONWriter) -> Void) {
    append(write)
    bytes.append(UInt8(ascii: "\n"))
  }

  private mutating func append(_ write: (inout JSONWriter) -> Void) {
    var writer = JSONWriter()
    write(&writer)
    bytes += writer.bytes
  }
}
