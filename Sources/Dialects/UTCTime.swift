/// Moments as `2024-01-15T10:30:00Z` (RFC 3339 section 5.6, in UTC and to the second).
public enum UTCTime {
  private static let secondsPerDay = 86400
  /// Days from the first of the year 1 to 1970.
  private static let epochDay = daysBefore(year: 1970)
  /// The last second of the year 9999, the last that RFC 3339 can say, in seconds since 1970.
  static let latest = (daysBefore(year: 10000) - epochDay) * secondsPerDay - 1

  /// The text of a moment; what lies outside the years 1970 to 9999 becomes the nearest that does not.
  ///
  /// - Parameter seconds: Since 1970.
  public static func text(_ seconds: Int) -> String {
    let seconds = min(max(seconds, 0), latest)
    var day = seconds / secondsPerDay + epochDay
    // 400 years have 146097 days; the estimate is at most a year late or early.
    var year = day * 400 / 146097 + 1
    while daysBefore(year: year) > day { year -= 1 }
    while daysBefore(year: year + 1) <= day { year += 1 }
    day -= daysBefore(year: year)
    var month = 1
    while day >= length(ofMonth: month, in: year) {
      day -= length(ofMonth: month, in: year)
      month += 1
    }
    let time = seconds % secondsPerDay
    return "\(digits(year, 4))-\(digits(month, 2))-\(digits(day + 1, 2))T"
      + "\(digits(time / 3600, 2)):\(digits(time / 60 % 60, 2)):\(digits(time % 60, 2))Z"
  }

  /// The seconds since 1970 of such a text, nil for any other text and for moments before 1970.
  public static func seconds(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    let pattern = Array("0000-00-00T00:00:00Z".utf8)
    guard bytes.count == pattern.count else { return nil }
    for (byte, expected) in zip(bytes, pattern) {
      let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      guard expected == UInt8(ascii: "0") ? isDigit : byte == expected else { return nil }
    }
    func number(_ start: Int, _ count: Int) -> Int {
      bytes[start..<start + count].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
    let (year, month, day) = (number(0, 4), number(5, 2), number(8, 2))
    let (hour, minute, second) = (number(11, 2), number(14, 2), number(17, 2))
    guard year >= 1970, (1...12).contains(month), (1...length(ofMonth: month, in: year)).contains(day),
      hour < 24, minute < 60, second < 60
    else { return nil }
    let days =
      daysBefore(year: year) - epochDay + day - 1
      + (1..<month).reduce(0) { $0 + length(ofMonth: $1, in: year) }
    return days * secondsPerDay + hour * 3600 + minute * 60 + second
  }

  /// Days from the first of the year 1 to the first of this year, in the calendar of today.
  private static func daysBefore(year: Int) -> Int {
    let past = year - 1
    return past * 365 + past / 4 - past / 100 + past / 400
  }

  private static func length(ofMonth month: Int, in year: Int) -> Int {
    switch month {
    case 2: daysBefore(year: year + 1) - daysBefore(year: year) - 337
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func digits(_ number: Int, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
  }
}
