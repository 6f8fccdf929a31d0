import JSONText

/// The content of a message, checked, and how it is written for templates that know only strings.
struct MessageContent {
  /// What the content is.
  enum Form: Equatable {
    case absent
    case text
    /// A list of texts.
    case texts
    /// A list with at least one image.
    case images
  }

  let form: Form
  /// Whether it has to be written in another form than it came in.
  let needsMending: Bool
  private let value: JSONValue?
  /// Whether parts keep members that are not known.
  private let keepsOthers: Bool

  /// Reads `content` of a message.
  ///
  /// Parts that no text model understands, and images that are none, are refused.
  init(of message: RequestMembers, under policy: RequestPolicy) throws(APIFault) {
    value = message["content"]
    keepsOthers = policy.remoteImages == .pass
    switch value?.kind {
    case nil: (form, needsMending) = (.absent, false)
    case .string: (form, needsMending) = (.text, false)
    case .array: (form, needsMending) = try Self.check(message, policy)
    default: throw message.wrongType("content", "a string or a list of parts")
    }
  }

  private static func check(
    _ message: RequestMembers, _ policy: RequestPolicy
  ) throws(APIFault) -> (Form, Bool) {
    var (hasImage, isOdd) = (false, false)
    guard let parts = try message.list("content") else { return (.absent, false) }
    let place = message.place(of: "content")
    var index = 0
    for value in parts {
      let part = try ContentPart(value, at: "\(place)[\(index)]", under: policy)
      hasImage = hasImage || part.kind == .image
      isOdd = isOdd || part.needsMending
      index += 1
    }
    return hasImage ? (.images, isOdd) : (.texts, true)
  }

  /// Writes the content: a string, or a list of parts where there is an image.
  func write(to writer: inout JSONWriter, of document: JSONDocument) {
    switch form {
    case .absent: writer.null()
    case .text: if let value { writer.raw(value.text) }
    case .texts:
      var text: [UInt8] = [UInt8(ascii: "\"")]
      appendText(to: &text)
      writer.raw(text + [UInt8(ascii: "\"")])
    case .images:
      writer.beginArray()
      writeParts(to: &writer, of: document)
      writer.endArray()
    }
  }

  /// Writes the content as parts of a list that is open.
  func writeParts(to writer: inout JSONWriter, of document: JSONDocument) {
    guard form == .images, let parts = value?.lazyElements else {
      var text: [UInt8] = []
      appendText(to: &text)
      return writer.textPart(text)
    }
    for part in parts { ContentPart.write(part, keepsOthers: keepsOthers, to: &writer, of: document) }
  }

  /// Appends the texts as raw content of a JSON string.
  ///
  /// Parts come on lines of their own, as llama.cpp and vLLM join them.
  func appendText(to bytes: inout [UInt8]) {
    if let content = value?.stringContent { return bytes += content }
    guard let parts = value?.lazyElements else { return }
    var isFirst = true
    for part in parts {
      guard let text = ContentPart.text(of: part) else { continue }
      if !isFirst { bytes += #"\n"#.utf8 }
      bytes += text
      isFirst = false
    }
  }
}
