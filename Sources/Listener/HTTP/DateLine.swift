import Glibc
import Platform

/// The value of the `date` field (RFC 9110 section 5.6.7), worked out once a second.
final class DateLine: Sendable {
  private struct Cached {
    var second: time_t = -1
    var text = ""
  }

  private let cached = Locked(Cached())

  /// The present moment.
  func now() -> String {
    let second = time(nil)
    return cached.withLock { cached in
      if cached.second != second { cached = Cached(second: second, text: Self.format(second)) }
      return cached.text
    }
  }

  /// A moment as `Sun, 06 Nov 1994 08:49:37 GMT`, whatever the locale.
  static func format(_ second: time_t) -> String {
    var moment = second
    var parts = tm()
    gmtime_r(&moment, &parts)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let date = "\(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900)"
    let time = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    return "\(days[Int(parts.tm_wday)]), \(date) \(time) GMT"
  }
}
