/// The spelling of TOML's values without quotes: booleans, numbers, dates and times.
struct TOMLScalar {
  private var rest: ArraySlice<UInt8>

  /// Whether text is spelled like one of them.
  ///
  /// Whether it also is one (a thirteenth month, a number that does not fit) is for toml++ to say.
  static func isWellSpelt(_ text: ArraySlice<UInt8>) -> Bool {
    if text.elementsEqual("true".utf8) || text.elementsEqual("false".utf8) { return true }
    let readers: [(inout TOMLScalar) -> Bool] = [
      { $0.takePrefixedInteger() }, { $0.takeNumber() }, { $0.takeMoment() },
    ]
    return readers.contains { read in
      var scalar = TOMLScalar(rest: text)
      return read(&scalar) && scalar.rest.isEmpty
    }
  }

  /// `0xDEAD_BEEF`, `0o755`, `0b1`.
  private mutating func takePrefixedInteger() -> Bool {
    if take("0x") { return takeDigits { $0.isHexadecimal } }
    if take("0o") { return takeDigits { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) } }
    return take("0b") && takeDigits { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "1") }
  }

  /// `-1_000`, `6.5e-10`, `+inf`, `nan`.
  private mutating func takeNumber() -> Bool {
    _ = take("+") || take("-")
    if take("inf") || take("nan") { return true }
    let hasLeadingZero = take("0")
    guard hasLeadingZero || takeDigits({ $0.isDecimal }) else { return false }
    if take("."), !takeDigits({ $0.isDecimal }) { return false }
    if take("e") || take("E") {
      _ = take("+") || take("-")
      return takeDigits { $0.isDecimal }
    }
    return true
  }

  /// `1979-05-27`, `07:32:00.5`, and both with `T` between them and perhaps an offset at the end.
  private mutating func takeMoment() -> Bool {
    if takeNumbers(of: [4, 2, 2], between: "-") {
      guard take("T") || take("t") else { return true }
      guard takeTime() else { return false }
      if take("Z") || take("z") { return true }
      return (take("+") || take("-")) ? takeNumbers(of: [2, 2], between: ":") : true
    }
    return takeTime()
  }

  private mutating func takeTime() -> Bool {
    guard takeNumbers(of: [2, 2, 2], between: ":") else { return false }
    return take(".") ? takeCount(of: 1...9) : true
  }

  // MARK: Pieces

  private mutating func take(_ text: StaticString) -> Bool {
    guard text.withUTF8Buffer({ rest.starts(with: $0) }) else { return false }
    rest = rest.dropFirst(text.utf8CodeUnitCount)
    return true
  }

  /// Digits with single underscores between them.
  private mutating func takeDigits(_ isDigit: (UInt8) -> Bool) -> Bool {
    repeat {
      guard let first = rest.first, isDigit(first) else { return false }
      rest = rest.drop(while: isDigit)
    } while take("_")
    return true
  }

  private mutating func takeCount(of range: ClosedRange<Int>) -> Bool {
    let digits = rest.prefix { $0.isDecimal }
    rest = rest.dropFirst(digits.count)
    return range.contains(digits.count)
  }

  /// Numbers of so many digits, joined by a sign; takes nothing if they are not there.
  private mutating func takeNumbers(of lengths: [Int], between sign: StaticString) -> Bool {
    let start = rest
    for (place, length) in lengths.enumerated() {
      guard place == 0 || take(sign), takeCount(of: length...length) else {
        rest = start
        return false
      }
    }
    return true
  }
}

extension UInt8 {
  /// Whether the byte is one of 0-9.
  var isDecimal: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

  fileprivate var isHexadecimal: Bool {
    isDecimal || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
  }
}
