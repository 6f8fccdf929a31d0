import HTTPTypes

/// The status line and the header fields of one answer, built line by line.
struct ResponseHead: Equatable, Sendable {
  /// The three digits of the status line.
  let status: Int
  /// The fields, in the order they came.
  private(set) var fields = HTTPFields()
  /// What `Content-Length` says, if it says one thing.
  private(set) var announcedLength: Int?
  /// Whether a content coding makes the body's length another one than announced.
  private(set) var isEncoded = false
  /// Whether the body comes under codings that nobody asked for, or under several.
  ///
  /// libcurl undoes whatever it was built with: a zstd frame may ask for a window of 128 MiB, and a coding inside another
  /// lets a few bytes cost what no limit on the outcome sees.
  private(set) var hasForeignCoding = false

  /// Reads `HTTP/1.1 200 OK` and its kind, with or without the end of line; `nil` if it is something else.
  ///
  /// RFC 9112 section 4; libcurl writes the heads of HTTP/2 the same way.
  init?(statusLine line: UnsafeRawBufferPointer) {
    guard Self.opensHead(line), let blank = line.firstIndex(of: UInt8(ascii: " ")) else { return nil }
    let digits = line[(blank + 1)...].prefix(3)
    guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    status = digits.reduce(0) { $0 * 10 + Int($1 & 0x0F) }
  }

  /// Whether a line begins an answer rather than carrying one of its fields.
  static func opensHead(_ line: UnsafeRawBufferPointer) -> Bool {
    line.starts(with: "HTTP/".utf8)
  }

  /// Takes in one `Name: value` line, with or without the end of line.
  ///
  /// A line that is no field is left out, as user agents do. A continuation of the line before is not taken:
  /// RFC 9112 section 5.2 forbids servers to send it, and half a value is worse than none.
  /// - Returns: `false` for a continuation line.
  mutating func add(fieldLine line: UnsafeRawBufferPointer) -> Bool {
    if let first = line.first, Self.isBlank(first) { return false }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
      let name = HTTPField.Name(String(decoding: line[..<colon], as: UTF8.self))
    else { return true }
    let value = Self.trimmed(line[(colon + 1)...])
    note(name, value)
    fields.append(HTTPField(name: name, lenientValue: value))
    return true
  }

  private mutating func note(_ name: HTTPField.Name, _ value: Slice<UnsafeRawBufferPointer>) {
    if name == .contentLength {
      announcedLength = Int(String(decoding: value, as: UTF8.self))
    } else if name == .contentEncoding {
      let coding = Self.lowercased(value)
      if coding == "identity" || coding.isEmpty { return }
      hasForeignCoding = hasForeignCoding || isEncoded || !Self.codings.contains(coding)
      isEncoded = true
    } else if name == .transferEncoding {
      hasForeignCoding =
        hasForeignCoding || fields[.transferEncoding] != nil || Self.lowercased(value) != "chunked"
    }
  }

  /// What `EasySetup` asks for, and the older name of the first (RFC 9110 section 8.4.1.3).
  private static let codings: Set<String> = ["gzip", "x-gzip", "deflate"]

  private static func lowercased(_ value: Slice<UnsafeRawBufferPointer>) -> String {
    String(decoding: value, as: UTF8.self).lowercased()
  }

  private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
    let leading = bytes.drop(while: isBlank)
    guard let last = leading.lastIndex(where: { !isBlank($0) && $0 != 0x0D && $0 != 0x0A }) else {
      return leading.prefix(0)
    }
    return leading[...last]
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
