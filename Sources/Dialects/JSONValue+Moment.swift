import JSONText

extension JSONValue {
  /// Seconds since 1970, up to the year 9999; nil for any other number and what is none.
  ///
  /// Beyond that, clients that make a date of it fail.
  var moment: Int? { integer.flatMap { (0...UTCTime.latest).contains($0) ? $0 : nil } }

  /// Whether this is a number that no client can make a date of, which a fraction of a second is not.
  var isNoMoment: Bool {
    guard kind == .number else { return false }
    return number.map { !(0...Double(UTCTime.latest)).contains($0) } ?? true
  }
}
