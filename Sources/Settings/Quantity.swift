/// The spelling of numbers with a unit: a whole number and a suffix, nothing between them.
struct Quantity: Sendable {
  struct Unit: Sendable {
    let suffix: String
    let scale: Int64
  }

  /// Largest first; the last has scale 1.
  let units: [Unit]
  /// Whether a number without a suffix counts in the smallest unit.
  let acceptsBareNumber: Bool

  /// Time in milliseconds.
  static let duration = Quantity(
    units: [
      Unit(suffix: "h", scale: 3_600_000), Unit(suffix: "m", scale: 60_000),
      Unit(suffix: "s", scale: 1000), Unit(suffix: "ms", scale: 1),
    ],
    acceptsBareNumber: false)

  /// Sizes in bytes.
  static let size = Quantity(
    units: [
      Unit(suffix: "GiB", scale: 1 << 30), Unit(suffix: "MiB", scale: 1 << 20),
      Unit(suffix: "KiB", scale: 1 << 10), Unit(suffix: "B", scale: 1),
    ],
    acceptsBareNumber: true)

  /// The amount in the smallest unit, nil for text that is no quantity.
  ///
  /// What does not fit becomes `Int64.max`, so that it is found to be out of range and not to be misspelt.
  func amount(of text: String) -> Int64? {
    let digits = text.utf8.prefix(while: \.isDecimal)
    let suffix = text[digits.endIndex...]
    guard !digits.isEmpty else { return nil }
    let scale: Int64
    if suffix.isEmpty {
      guard acceptsBareNumber else { return nil }
      scale = 1
    } else {
      guard let unit = units.first(where: { $0.suffix == suffix }) else { return nil }
      scale = unit.scale
    }
    guard let number = Int64(Substring(digits)) else { return .max }
    let (amount, overflow) = number.multipliedReportingOverflow(by: scale)
    return overflow ? .max : amount
  }

  /// The shortest spelling of an amount, in the largest unit that divides it.
  func text(_ amount: Int64) -> String {
    for unit in units where amount != 0 && amount.isMultiple(of: unit.scale) {
      return "\(amount / unit.scale)\(unit.suffix)"
    }
    return "0" + (acceptsBareNumber ? "B" : "s")
  }
}

extension Duration {
  /// Whole milliseconds, the grain of configured durations.
  var wholeMilliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}
