import JSONText

extension RequestMembers {
  /// A number without a fraction.
  func integer(_ name: String, in range: ClosedRange<Int>) throws(APIFault) -> Int? {
    guard let value = self[name] else { return nil }
    guard let number = value.integer, range.contains(number) else {
      throw outOfRange(name, value, Self.text(of: range))
    }
    return number
  }

  /// A number without a fraction; callers whose language has one kind of number write 128 as 128.0.
  func wholeNumber(_ name: String, in range: ClosedRange<Int>) throws(APIFault) -> Int? {
    guard let value = self[name] else { return nil }
    guard let number = value.integer ?? value.number.flatMap({ Int(exactly: $0) }), range.contains(number)
    else { throw outOfRange(name, value, Self.text(of: range)) }
    return number
  }

  /// A number with or without a fraction.
  func number(_ name: String, in range: ClosedRange<Double>) throws(APIFault) -> Double? {
    guard let value = self[name] else { return nil }
    guard let number = value.number, range.contains(number) else {
      let bounds = [range.lowerBound, range.upperBound].map { Int(exactly: $0).map(String.init) ?? "\($0)" }
      throw outOfRange(name, value, "a number from \(bounds[0]) to \(bounds[1])", takesFractions: true)
    }
    return number
  }

  /// How many tokens an answer may have.
  func tokens(_ name: String) throws(APIFault) -> Int? {
    try wholeNumber(name, in: ChatParameters.tokenRange)
  }

  private func outOfRange(
    _ name: String, _ value: JSONValue, _ expected: String, takesFractions: Bool = false
  ) -> APIFault {
    let hasFraction = value.number.map { $0.rounded() != $0 } ?? false
    guard value.kind == .number, takesFractions || !hasFraction else { return wrongType(name, expected) }
    return wrongValue(name, expected)
  }

  private static func text(of range: ClosedRange<Int>) -> String {
    if range.lowerBound == range.upperBound { return "\(range.lowerBound)" }
    // The largest number that there is here is no bound of the caller's.
    let isOpen = range.upperBound == .max
    switch (range.lowerBound, isOpen) {
    case (.min, true): return "a whole number"
    case (let low, true): return "a whole number from \(low) on"
    case (let low, false): return "a whole number from \(low) to \(range.upperBound)"
    }
  }
}
