/// Recognises images inside the strings of a request from their first bytes, without decoding the rest.
///
/// All functions take the raw content of a JSON string, with its escapes as written: a request may hold ten megabytes of
/// image.
enum ImageData {
  /// The formats that are known, as errors name them.
  static let formats = "PNG, JPEG, GIF, WebP, BMP, TIFF, AVIF or HEIC"

  /// The media types that are known.
  static let mediaTypes = [
    "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/tiff", "image/avif",
    "image/heic",
  ]

  /// The media type of an image in base64; nil where this is not base64, or not an image of a known format.
  ///
  /// Standard alphabet (RFC 4648 section 4), line ends between the digits allowed as MIME encoders put them.
  static func mediaType(base64 content: ArraySlice<UInt8>) -> String? {
    var text = ASCIIContent(content)
    return mediaType(of: leadingBytes(of: &text))
  }

  /// Whether this is a `data:` URL (RFC 2397) that holds an image in base64.
  ///
  /// A declared type other than an image's is refused, even if an image follows: two readers could go by different ones.
  static func isImage(dataURL content: ArraySlice<UInt8>) -> Bool {
    var text = ASCIIContent(content)
    guard let head = text.lowercased(upTo: UInt8(ascii: ","), atMost: headLimit),
      head.hasPrefix("data:"), head.hasSuffix(";base64")
    else { return false }
    let declared = head.dropFirst(5).prefix { $0 != ";" }
    guard declared.hasPrefix("image/") || ["", "application/octet-stream"].contains(declared) else {
      return false
    }
    return mediaType(of: leadingBytes(of: &text)) != nil
  }

  /// What stands before the data is a media type with few parameters.
  private static let headLimit = 256

  /// The longest of the marks below ends here.
  private static let markByteCount = 12

  private static func leadingBytes(of text: inout ASCIIContent) -> [UInt8] {
    var bytes: [UInt8] = []
    var (bits, count): (UInt32, Int) = (0, 0)
    while bytes.count < markByteCount, let digit = text.next() {
      if digit == UInt8(ascii: "\n") || digit == UInt8(ascii: "\r") { continue }
      guard let value = base64Value(digit) else { break }
      bits = bits << 6 | value
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
    return bytes
  }

  /// What a digit of the standard alphabet stands for; nil for any other byte.
  static func base64Value(_ digit: UInt8) -> UInt32? {
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }

  /// The formats' own marks, as their specifications name them.
  private static func mediaType(of bytes: [UInt8]) -> String? {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "image/png" }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
    if bytes.starts(with: "GIF87a".utf8) || bytes.starts(with: "GIF89a".utf8) { return "image/gif" }
    if bytes.starts(with: "II*\0".utf8) || bytes.starts(with: "MM\0*".utf8) { return "image/tiff" }
    guard bytes.count == markByteCount else { return nil }
    let (second, third) = (bytes[4..<8], bytes[8..<12])
    if bytes.starts(with: "RIFF".utf8), third.elementsEqual("WEBP".utf8) { return "image/webp" }
    // A bitmap's header has four reserved bytes that are zero; two letters alone would be any text.
    if bytes.starts(with: "BM".utf8), bytes[6..<10].allSatisfy({ $0 == 0 }) { return "image/bmp" }
    guard second.elementsEqual("ftyp".utf8) else { return nil }
    switch String(decoding: third, as: UTF8.self) {
    case "avif", "avis": return "image/avif"
    case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1": return "image/heic"
    default: return nil
    }
  }
}

/// The bytes of a JSON string's content with its escapes resolved, up to the first that is not ASCII.
///
/// Some encoders write `/` as `\/` and `+` as `\u002B`, so the raw bytes of an address mean nothing.
struct ASCIIContent: Sequence, IteratorProtocol {
  private let content: ArraySlice<UInt8>
  private var index: Int

  init(_ content: ArraySlice<UInt8>) {
    self.content = content
    index = content.startIndex
  }

  mutating func next() -> UInt8? {
    guard index < content.endIndex, content[index] < 0x80 else { return nil }
    let byte = content[index]
    guard byte == UInt8(ascii: "\\"), index + 1 < content.endIndex else {
      index += 1
      return byte
    }
    let escape = content[index + 1]
    index += 2
    switch escape {
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "f"): return 0x0C
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "u"): return codeUnit()
    default: return escape
    }
  }

  /// Reads on to a byte and past it; the text before it with small letters, nil where it does not come in time.
  mutating func lowercased(upTo end: UInt8, atMost limit: Int) -> String? {
    var text: [UInt8] = []
    while text.count < limit, let byte = next() {
      if byte == end { return String(decoding: text, as: UTF8.self) }
      text.append((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte)
    }
    return nil
  }

  private mutating func codeUnit() -> UInt8? {
    let digits = content[index...].prefix(4)
    index += digits.count
    let value = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    guard let value, value < 0x80 else {
      index = content.endIndex
      return nil
    }
    return UInt8(value)
  }
}
