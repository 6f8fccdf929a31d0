import JSONText

/// A way for the router to misbehave, chosen by tests through `POST /dev/fault`.
enum Fault: Equatable, Sendable {
  /// Answers with this status and a `detail`.
  case status(Int)
  /// Answers 200 with an ordinary completion in clear.
  case plain
  /// Answers 200 with a web page.
  case html
  /// Changes a bit of the tag.
  case badTag
  /// Seals the answer to a key that nobody has.
  case wrongKey
  /// Names another version of the envelope.
  case wrongVersion
  /// Cuts the connection in the middle of the answer.
  case truncate
  /// Cuts the connection instead of answering.
  case drop
  /// Answers correctly after so many milliseconds.
  case delay(Int)
  /// Names another request in the authentic `_metadata`.
  case wrongPayloadID

  /// Every mode as it is written in `POST /dev/fault`.
  static let modes =
    "status-NNN, plain, html, bad-tag, wrong-key, wrong-version, truncate, drop, delay-MS, wrong-payload-id"

  init?(mode: String) {
    switch mode {
    case "plain": self = .plain
    case "html": self = .html
    case "bad-tag": self = .badTag
    case "wrong-key": self = .wrongKey
    case "wrong-version": self = .wrongVersion
    case "truncate": self = .truncate
    case "drop": self = .drop
    case "wrong-payload-id": self = .wrongPayloadID
    default:
      if mode.hasPrefix("status-"), let status = Int(mode.dropFirst(7)), (200...599).contains(status) {
        self = .status(status)
      } else if mode.hasPrefix("delay-"), let wait = Int(mode.dropFirst(6)), (0...3_600_000).contains(wait) {
        self = .delay(wait)
      } else {
        return nil
      }
    }
  }
}

/// Which of the coming requests meet which fault.
struct FaultPlan: Sendable {
  private var fault: Fault?
  private var remaining = 0

  /// Reads `{"mode": "bad-tag", "count": 2}`; nil where that is not what it says.
  mutating func replace(from body: [UInt8]) -> Bool {
    guard let root = try? JSONDocument(parsing: body).root, let members = try? root.object(),
      let mode = members["mode"]?.string
    else { return false }
    if mode == "none" {
      self = FaultPlan()
      return true
    }
    guard let fault = Fault(mode: mode) else { return false }
    self.fault = fault
    remaining = members["count"]?.integer ?? 1
    return true
  }

  /// The fault for the request that has just arrived.
  mutating func next() -> Fault? {
    guard let fault, remaining > 0 else { return nil }
    remaining -= 1
    return fault
  }
}
