/// The bytes of an input, taken one by one to choose with; what is left is the material.
struct Choices {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  /// The next byte, 0 after the end.
  mutating func byte() -> Int { Int(rest.popFirst() ?? 0) }

  /// A number below `bound`, made of two bytes.
  mutating func number(below bound: Int) -> Int { (byte() << 8 | byte()) % max(1, bound) }

  /// One of some values.
  mutating func one<Value>(of values: [Value]) -> Value { values[byte() % values.count] }

  /// What is left, as an array.
  var material: [UInt8] { Array(rest) }
}
