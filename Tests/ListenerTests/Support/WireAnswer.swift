/// An answer as it came over the wire.
struct WireAnswer: Equatable {
  /// How the end of the body was told.
  enum Framing: Equatable { case length, chunked, untilClose, none }

  var status: Int
  /// Names in lower case.
  var fields: [String: [String]]
  var body: [UInt8]
  var framing: Framing
  /// Whether the end of the body came.
  var isWhole: Bool

  var text: String { String(decoding: body, as: UTF8.self) }

  subscript(_ name: String) -> String? { fields[name]?.joined(separator: ", ") }

  /// Whether the server promises to take another request.
  var keepsAlive: Bool { self["connection"] == "keep-alive" }
}

/// Takes answers out of received bytes.
///
/// Strict: what a caller could misread is an error.
struct WireReader {
  private let bytes: [UInt8]
  private(set) var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The next answer, nil if more bytes are needed.
  ///
  /// With `isEnd` no more will come.
  mutating func answer(toHead: Bool, isEnd: Bool) throws -> WireAnswer? {
    guard let head = line(endingWith: "\r\n\r\n") else { return nil }
    var lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)[...]
    let status = lines.removeFirst().split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard status.count == 3, status[0] == "HTTP/1.1", let code = Int(status[1]) else {
      throw RawClient.Failure.badAnswer(head)
    }
    var fields: [String: [String]] = [:]
    for line in lines {
      let pair = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2, pair[1].first == " " else { throw RawClient.Failure.badAnswer(head) }
      fields[pair[0].lowercased(), default: []].append(String(pair[1].dropFirst()))
    }
    var answer = WireAnswer(status: code, fields: fields, body: [], framing: .none, isWhole: true)
    if !toHead, code >= 200, code != 204, code != 304 {
      guard try readBody(of: &answer, isEnd: isEnd) else { return nil }
    }
    return answer
  }

  private mutating func readBody(of answer: inout WireAnswer, isEnd: Bool) throws -> Bool {
    if answer["transfer-encoding"] == "chunked" {
      answer.framing = .chunked
      answer.isWhole = try readChunks(into: &answer.body)
    } else if let text = answer["content-length"] {
      guard let length = Int(text) else { throw RawClient.Failure.badAnswer("content-length: \(text)") }
      answer.framing = .length
      answer.isWhole = bytes.count - position >= length
      answer.body = Array(bytes[position..<min(position + length, bytes.count)])
      position += answer.body.count
    } else {
      answer.framing = .untilClose
      answer.body = Array(bytes[position...])
      position = bytes.count
      return isEnd
    }
    return answer.isWhole || isEnd
  }

  private mutating func readChunks(into body: inout [UInt8]) throws -> Bool {
    while true {
      guard let text = line(endingWith: "\r\n") else { return false }
      guard let size = Int(text, radix: 16) else { throw RawClient.Failure.badAnswer("chunk size \(text)") }
      guard bytes.count - position >= size + 2 else {
        body += bytes[position..<min(position + size, bytes.count)]
        return false
      }
      body += bytes[position..<position + size]
      guard Array(bytes[(position + size)..<(position + size + 2)]) == Array("\r\n".utf8) else {
        throw RawClient.Failure.badAnswer("chunk without end")
      }
      position += size + 2
      if size == 0 { return true }
    }
  }

  private mutating func line(endingWith end: String) -> String? {
    let mark = Array(end.utf8)
    guard let range = bytes[position...].firstRange(of: mark) else { return nil }
    defer { position = range.upperBound }
    return String(decoding: bytes[position..<range.lowerBound], as: UTF8.self)
  }
}
