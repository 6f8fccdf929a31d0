/// 24 random hexadecimal digits, for the identifiers that answers carry.
func randomIdentifier() -> String {
  var generator = SystemRandomNumberGenerator()
  let digits = Array("0123456789abcdef".utf8)
  let text = (0..<24).map { _ in digits[Int.random(in: 0..<16, using: &generator)] }
  return String(decoding: text, as: UTF8.self)
}
