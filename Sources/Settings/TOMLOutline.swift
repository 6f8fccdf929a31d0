/// The outline of a TOML text: where its keys stand, and that keys, brackets and line ends are in place.
///
/// TOMLKit needs it twice. It does not tell where a key stands. And the parser inside it, toml++ 3.4, takes
/// some malformed texts for mistakes of its own and aborts the process: `[[[`, `a = [ }`, `a = 01:0`. So it
/// only ever sees what is well formed, and judges the rest: escapes, sizes of numbers, keys that come twice.
struct TOMLOutline {
  private let bytes: [UInt8]
  private var index = 0
  private var offsets: [[String]: Int] = [:]
  /// How many `[[headers]]` each path has had so far.
  private var elementCounts: [[String]: Int] = [:]

  /// toml++ stops at 256.
  private static let deepest = 64

  /// The position of every key path and table header, the first where there are several.
  ///
  /// The tables of a list have the part `[0]`, `[1]`, … in their paths.
  static func positions(in bytes: [UInt8]) throws(TOMLDocument.Failure) -> [[String]: TextPosition] {
    var outline = TOMLOutline(bytes: bytes)
    try outline.readDocument()
    var position = TextPosition(line: 1, column: 1)
    var last = 0
    var positions: [[String]: TextPosition] = [:]
    for (path, offset) in outline.offsets.sorted(by: { $0.value < $1.value }) {
      position.advance(over: bytes[last..<offset])
      last = offset
      positions[path] = position
    }
    return positions
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  // MARK: Lines

  private mutating func readDocument() throws(TOMLDocument.Failure) {
    var table: [String] = []
    skipBlanks()
    while byte != nil {
      if take("[") {
        let isElement = take("[")
        let closing: StaticString = isElement ? "]]" : "]"
        let start = index
        table = try readKey(below: [])
        guard take(closing) else { throw expected("\(closing)") }
        if isElement {
          let count = elementCounts[table, default: 0]
          elementCounts[table] = count + 1
          table.append("[\(count)]")
          offsets[table] = start
        }
      } else {
        try readPair(in: table, depth: 0)
      }
      skipSpaces()
      guard byte == nil || isAt("\n") || isAt("\r\n") || isAt("#") else {
        throw expected("the end of the line")
      }
      skipBlanks()
    }
  }

  private mutating func readPair(in table: [String], depth: Int) throws(TOMLDocument.Failure) {
    let path = try readKey(below: table)
    guard take("=") else { throw expected("=") }
    skipSpaces()
    try readValue(of: path, depth: depth)
  }

  /// A dotted key, noted under every path that it opens.
  private mutating func readKey(below table: [String]) throws(TOMLDocument.Failure) -> [String] {
    var path = table
    skipSpaces()
    let start = index
    repeat {
      skipSpaces()
      path.append(try readKeyPart())
      if offsets[path] == nil { offsets[path] = start }
      skipSpaces()
    } while take(".")
    return path
  }

  private mutating func readKeyPart() throws(TOMLDocument.Failure) -> String {
    let start = index
    if isAt("\"") || isAt("'") {
      guard !isAt("\"\"\"") && !isAt("'''") else { throw expected("a key") }
      try readString()
      return String(decoding: bytes[(start + 1)..<(index - 1)], as: UTF8.self)
    }
    while let byte, byte.isBareKeyByte { index += 1 }
    guard index > start else { throw expected("a key") }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  // MARK: Values

  private mutating func readValue(of path: [String], depth: Int) throws(TOMLDocument.Failure) {
    guard depth < Self.deepest else { throw failure("nested too deeply") }
    if isAt("\"") || isAt("'") { return try readString() }
    if take("[") {
      var count = 0
      return try readMembers(until: "]") { outline throws(TOMLDocument.Failure) in
        var element = path
        if outline.isAt("{") {
          element.append("[\(count)]")
          outline.offsets[element] = outline.index
        }
        count += 1
        try outline.readValue(of: element, depth: depth + 1)
      }
    }
    if take("{") {
      return try readMembers(until: "}") { outline throws(TOMLDocument.Failure) in
        try outline.readPair(in: path, depth: depth + 1)
      }
    }
    let start = index
    while let byte, byte.isBareKeyByte || "+.:".utf8.contains(byte) { index += 1 }
    guard index > start else { throw expected("a value") }
    guard TOMLScalar.isWellSpelt(bytes[start..<index]) else {
      index = start
      throw failure("a word without quotes that is no number, date, true or false")
    }
  }

  /// Members with a comma between any two, and perhaps one after the last.
  private mutating func readMembers(
    until end: StaticString, _ readMember: (inout TOMLOutline) throws(TOMLDocument.Failure) -> Void
  ) throws(TOMLDocument.Failure) {
    skipBlanks()
    while !take(end) {
      try readMember(&self)
      skipBlanks()
      guard take(",") || isAt(end) else { throw expected(", or \(end)") }
      skipBlanks()
    }
  }

  /// A string of any of the four kinds.
  private mutating func readString() throws(TOMLDocument.Failure) {
    let start = index
    let isLong = isAt("\"\"\"") || isAt("'''")
    let quote = bytes[index]
    let isBasic = quote == UInt8(ascii: "\"")
    index += isLong ? 3 : 1
    while let byte, isLong || byte != UInt8(ascii: "\n") {
      if isBasic && byte == UInt8(ascii: "\\") {
        index = Swift.min(index + 2, bytes.count)
      } else if byte != quote {
        index += 1
      } else if !isLong {
        index += 1
        return
      } else if isAt("\"\"\"") || isAt("'''") {
        // Two quotes of the content may stand before the three that end it.
        let run = bytes[index...].prefix(5).prefix { $0 == quote }
        index += run.count
        return
      } else {
        index += 1
      }
    }
    index = start
    throw failure("a string without an end")
  }

  // MARK: Bytes

  private var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

  private func isAt(_ text: StaticString) -> Bool {
    text.withUTF8Buffer { bytes[index...].starts(with: $0) }
  }

  private mutating func take(_ text: StaticString) -> Bool {
    guard isAt(text) else { return false }
    index += text.utf8CodeUnitCount
    return true
  }

  private mutating func skipSpaces() {
    while isAt(" ") || isAt("\t") { index += 1 }
  }

  /// Spaces, line ends and comments.
  private mutating func skipBlanks() {
    while true {
      skipSpaces()
      if isAt("#") {
        while let byte, byte != UInt8(ascii: "\n") { index += 1 }
      } else if !take("\n") && !take("\r\n") {
        return
      }
    }
  }

  private func expected(_ what: String) -> TOMLDocument.Failure { failure("expected \(what)") }

  private func failure(_ problem: String) -> TOMLDocument.Failure {
    TOMLDocument.Failure(position: TextPosition(of: index, in: bytes), problem: problem)
  }
}

extension UInt8 {
  /// Whether the byte may stand in a key without quotes.
  var isBareKeyByte: Bool {
    isASCIIAlphanumeric || self == UInt8(ascii: "_") || self == UInt8(ascii: "-")
  }
}
