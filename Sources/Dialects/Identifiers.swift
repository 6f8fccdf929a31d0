/// 24 random hexadecimal digits, for the identifiers that answers carry.
func randomIdentifier() -> String {
  var generator = SystemRandomNumberGenerator()
  let text = (0..<2).map { _ in
    let digits = String(generator.next() >> 16, radix: 16)
    return String(repeating: "0", count: 12 - digits.count) + digits
  }
  return text.joined()
}
