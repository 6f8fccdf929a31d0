/// The name of one request in logs, in errors and in `x-request-id`: `req_` and 24 hexadecimal digits.
public struct RequestID: Sendable, Hashable, CustomStringConvertible {
  /// The whole name, ASCII.
  public let description: String

  /// A new name, from 96 random bits.
  public init() {
    var generator = SystemRandomNumberGenerator()
    self.init(high: generator.next(), low: generator.next())
  }

  /// The name made from the lower half of `high` and all of `low`.
  init(high: UInt64, low: UInt64) {
    let prefix = "req_"
    description = String(unsafeUninitializedCapacity: prefix.utf8.count + 24) { room in
      var position = room.initialize(fromContentsOf: prefix.utf8)
      func append(_ bits: UInt64, digits: Int) {
        for shift in stride(from: (digits - 1) * 4, through: 0, by: -4) {
          let digit = UInt8(truncatingIfNeeded: (bits >> UInt64(shift)) & 0xf)
          room.initializeElement(at: position, to: digit < 10 ? 0x30 + digit : 0x57 + digit)
          position += 1
        }
      }
      append(high, digits: 8)
      append(low, digits: 16)
      return position
    }
  }
}
