import TOMLKit

/// A parsed configuration file: its values, and where each key stands.
///
/// This is the only user of TOMLKit.
struct TOMLDocument {
  /// The members of the top level.
  let entries: [RawValue.Entry]
  private let positions: [[String]: TextPosition]

  /// Why a file is not taken.
  struct Failure: Error {
    let position: TextPosition?
    let problem: String
  }

  /// Parses the bytes of a file.
  init(_ bytes: [UInt8]) throws(Failure) {
    // TOMLKit hands the text over as a C string and takes strings back as C strings, so a NUL would silently
    // cut what follows it.
    if let nul = bytes.firstIndex(of: 0) {
      throw Failure(position: TextPosition(of: nul, in: bytes), problem: "a NUL character")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(position: nil, problem: "not UTF-8")
    }
    for escape in ["\\u0000", "\\U00000000"] {
      if let start = bytes.firstIndex(of: escape) {
        throw Failure(position: TextPosition(of: start, in: bytes), problem: "an escaped NUL character")
      }
    }
    positions = try TOMLOutline.positions(in: bytes)
    do {
      entries = Self.entries(of: try TOMLTable(string: text))
    } catch let error as TOMLParseError {
      let begin = error.source.begin
      throw Failure(
        position: TextPosition(line: begin.line, column: begin.column), problem: error.description.oneLine)
    } catch {
      throw Failure(position: nil, problem: "unreadable")
    }
  }

  /// Where the key of this path stands, or the nearest key above it that was found.
  func position(of path: [String]) -> TextPosition? {
    var path = path
    while !path.isEmpty {
      if let position = positions[path] { return position }
      path.removeLast()
    }
    return nil
  }

  private static func entries(of table: TOMLTable) -> [RawValue.Entry] {
    table.keys.compactMap { key in
      table[key].map { RawValue.Entry(name: key, value: raw($0)) }
    }
  }

  /// Recursion is bounded as ``TOMLOutline`` bounds it.
  private static func raw(_ value: any TOMLValueConvertible) -> RawValue {
    switch value.type {
    case .string: .string(value.string ?? "")
    case .int: .integer(Int64(value.int ?? 0))
    case .double: .real(value.double ?? 0)
    case .bool: .boolean(value.bool ?? false)
    case .date, .time, .dateTime: .moment
    case .array: .list(value.array.map { $0.map { raw($0) } } ?? [])
    case .table: .table(value.table.map { entries(of: $0) } ?? [])
    }
  }
}

extension [UInt8] {
  /// Where an ASCII text stands first.
  func firstIndex(of text: String) -> Int? {
    let needle = Array(text.utf8)
    guard count >= needle.count else { return nil }
    return (0...count - needle.count).first { self[$0...].starts(with: needle) }
  }
}
