/// A way in which a body can be compressed, by the name that `Content-Encoding` has for it (RFC 9110 section 8.4.1).
public enum ContentCoding: String, Sendable, CaseIterable {
  /// RFC 1952, one member or several. `x-gzip` is the same.
  case gzip
  /// RFC 1951 in RFC 1950's wrapping, as RFC 9110 has it, or bare, as many programs send it.
  case deflate
  /// RFC 8878, one frame or several.
  case zstd

  /// Nobody who means well applies more of them to one body.
  public static let countLimit = 4

  /// What a refusal says in `Accept-Encoding` (RFC 9110 section 15.5.16).
  public static let accepted = allCases.map(\.rawValue).joined(separator: ", ")

  /// The codings that a `Content-Encoding` names, in the order in which they were applied.
  ///
  /// `identity` and empty elements name none (RFC 9110 sections 8.4.1 and 5.6.1.2). Several fields of the name are one value
  /// when joined with commas.
  ///
  /// - Throws: `.unknown` or `.tooMany`.
  public static func list(_ value: String) throws(ContentCodingFault) -> [ContentCoding] {
    var codings: [ContentCoding] = []
    for element in value.split(separator: ",") {
      let name = element.trimmed
      if name.isEmpty || name.lowercased() == "identity" { continue }
      guard let coding = ContentCoding(name: name) else { throw .unknown(String(name)) }
      guard codings.count < countLimit else { throw .tooMany(limit: countLimit) }
      codings.append(coding)
    }
    return codings
  }

  /// The body as it was before any coding.
  ///
  /// An empty body stays empty. Costs computing in proportion to `body` and to what is decoded, and no waiting. Memory: what
  /// is decoded, never more than about `limit` bytes for each of the last two steps, and at most 9 MiB for the
  /// decoder.
  ///
  /// - Parameters:
  ///   - codings: In the order in which they were applied; the last is undone first.
  ///   - limit: The most bytes that the decoded body may have. Decoding ends as soon as there are more.
  public static func decode(
    _ body: [UInt8], codings: some Sequence<ContentCoding>, limit: Int
  ) throws(ContentCodingFault) -> [UInt8] {
    guard !body.isEmpty else { return body }
    var decoded = body
    let steps = Array(codings.reversed())
    for (step, coding) in steps.enumerated() {
      let isLast = step + 1 == steps.count
      decoded = try coding.decode(decoded, limit: isLast ? limit : limitBetweenSteps(limit), total: limit)
    }
    guard decoded.count <= limit else { throw .tooLarge(limit: limit) }
    return decoded
  }

  /// What is compressed again is no larger than what it stands for, but for framing; whatever is more was made to cost.
  private static func limitBetweenSteps(_ limit: Int) -> Int {
    let (sum, overflow) = limit.addingReportingOverflow(limit / 64 + 1024)
    return overflow ? limit : sum
  }

  /// Undoes one coding.
  private func decode(_ body: [UInt8], limit: Int, total: Int) throws(ContentCodingFault) -> [UInt8] {
    var pieces = DecodedPieces(limit: limit, total: total, expecting: body.count)
    // The bytes stay where they are for as long as the decoder reads them: it lives in the closure only.
    return try body.span.bytes.withUnsafeBytes { input throws(ContentCodingFault) in
      switch self {
      case .gzip: try pieces.collect(from: Inflation(of: input, .gzip))
      case .deflate: try pieces.collect(from: Inflation(of: input, .zlibOrBare(input)))
      case .zstd: try pieces.collect(from: ZstandardFrames(of: input))
      }
      return pieces.joined()
    }
  }

  private init?(name: Substring) {
    let name = name.lowercased()
    self.init(rawValue: name == "x-gzip" ? "gzip" : name)
  }
}

extension Substring {
  /// Without the blanks that lists may have around their elements.
  fileprivate var trimmed: Substring {
    let leading = drop { $0 == " " || $0 == "\t" }
    guard let last = leading.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return leading.prefix(0) }
    return leading[...last]
  }
}
