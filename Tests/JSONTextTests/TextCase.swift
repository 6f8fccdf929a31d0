import JSONText
import Testing

/// A text by name, for parameterised tests.
struct TextCase: Sendable, CustomTestStringConvertible {
  let name: String
  let bytes: [UInt8]

  init(_ name: String, _ text: String) { self.init(name, bytes: Array(text.utf8)) }

  init(_ name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  var testDescription: String { name }
}

/// A text that must be refused, with the reason and the place.
struct RefusedCase: Sendable, CustomTestStringConvertible {
  let name: String
  let bytes: [UInt8]
  let reason: JSONSyntaxError.Reason
  let offset: Int

  init(_ name: String, _ text: String, _ reason: JSONSyntaxError.Reason, at offset: Int) {
    self.init(name, bytes: Array(text.utf8), reason, at: offset)
  }

  init(_ name: String, bytes: [UInt8], _ reason: JSONSyntaxError.Reason, at offset: Int) {
    self.name = name
    self.bytes = bytes
    self.reason = reason
    self.offset = offset
  }

  var testDescription: String { name }
}

/// The bytes of `parts`, put into the array of one string `["…"]`.
func inString(_ content: [UInt8]) -> [UInt8] { Array("[\"".utf8) + content + Array("\"]".utf8) }

func document(_ text: String) throws -> JSONDocument { try JSONDocument(parsing: Array(text.utf8)) }

func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

/// The error that a text is refused with; nil when it is accepted.
func refusal(_ bytes: [UInt8], depthLimit: Int = JSONDocument.defaultDepth) -> JSONSyntaxError? {
  do {
    _ = try JSONDocument(parsing: bytes, depthLimit: depthLimit)
    return nil
  } catch {
    return error
  }
}

/// A generator whose sequence is the same on every machine (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
