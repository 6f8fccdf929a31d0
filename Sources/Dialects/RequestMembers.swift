import JSONText

/// The members of one object of a request, each checked as it is read.
///
/// Errors name the member with its place.
struct RequestMembers {
  let object: JSONObject
  /// Where the object stands in the request, for errors: empty for the root, else `messages[2]`.
  let path: String

  /// The members of an object that is at hand.
  init(_ object: JSONObject, path: String = "") {
    self.object = object
    self.path = path
  }

  /// Reads a request body, which must be one JSON object.
  static func reading(_ body: [UInt8]) throws(APIFault) -> (JSONDocument, RequestMembers) {
    let document: JSONDocument
    let root: JSONObject?
    do throws(JSONSyntaxError) {
      document = try JSONDocument(parsing: body)
      root = try document.root.object()
    } catch { throw APIFault(error) }
    guard let root else {
      throw .invalidRequest(
        "invalid_type", "The request body is JSON, but not an object. \(adviceOnBodies)", parameter: nil)
    }
    return (document, RequestMembers(root))
  }

  /// A member that is there and not null; callers send null for "not set".
  subscript(_ name: String) -> JSONValue? {
    guard let value = object[name], !value.isNull else { return nil }
    return value
  }

  /// The member's place, as errors name it.
  func place(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  func string(_ name: String) throws(APIFault) -> String? {
    guard let value = self[name] else { return nil }
    guard let text = value.string else { throw wrongType(name, "a string") }
    return text
  }

  func requiredString(_ name: String) throws(APIFault) -> String {
    guard let text = try string(name) else { throw missing(name, "a string") }
    return text
  }

  func bool(_ name: String) throws(APIFault) -> Bool? {
    guard let value = self[name] else { return nil }
    guard let flag = value.bool else { throw wrongType(name, "true or false") }
    return flag
  }

  func object(_ name: String) throws(APIFault) -> RequestMembers? {
    guard let value = self[name] else { return nil }
    return try members(value, at: place(of: name))
  }

  /// A list that is walked, not collected: ten megabytes can hold five million elements.
  func list(_ name: String) throws(APIFault) -> JSONElements? {
    guard let value = self[name] else { return nil }
    guard let elements = value.lazyElements else { throw wrongType(name, "a list") }
    return elements
  }

  /// The members of a value that must be an object.
  func members(_ value: JSONValue, at place: String) throws(APIFault) -> RequestMembers {
    try Self.reading(value, at: place)
  }

  /// The members of a value that must be an object.
  static func reading(_ value: JSONValue, at place: String) throws(APIFault) -> RequestMembers {
    let object: JSONObject?
    do { object = try value.object() } catch { throw APIFault(error) }
    guard let object else {
      throw .invalidRequest("invalid_type", "'\(place)' must be an object.", parameter: place)
    }
    return RequestMembers(object, path: place)
  }

  func missing(_ name: String, _ expected: String) -> APIFault {
    .invalidRequest(
      "missing_required_parameter", "The request has no '\(place(of: name))'. It must be \(expected).",
      parameter: place(of: name))
  }

  func wrongType(_ name: String, _ expected: String) -> APIFault {
    .invalidRequest(
      "invalid_type", "'\(place(of: name))' must be \(expected).", parameter: place(of: name))
  }

  /// A member of the right type with a value that cannot be, such as a number out of range or an unknown word.
  ///
  /// - Parameter expected: What it must be, without an article where none fits.
  func wrongValue(_ name: String, _ expected: String) -> APIFault {
    let place = place(of: name)
    let message = self[name]?.quoted.map { "'\(place)' is \($0). It must be \(expected)." }
    return .invalidRequest(
      "invalid_value", message ?? "'\(place)' must be \(expected).", parameter: place)
  }

  /// A member that would change the answer and cannot be honoured.
  func unsupported(_ name: String, _ reason: String) -> APIFault {
    .invalidRequest(
      "unsupported_parameter", "'\(place(of: name))' cannot be honoured: \(reason)",
      parameter: place(of: name))
  }
}

// MARK: - What every dialect has

extension RequestMembers {
  /// Every chunk of a stream repeats the model's name, so it is bounded; real ones have under 100 bytes.
  static let modelByteLimit = 256

  func model() throws(APIFault) -> String {
    guard let value = self["model"] else { throw missing("model", "a string") }
    guard let text = value.string else { throw wrongType("model", "a string") }
    guard (1...Self.modelByteLimit).contains(text.utf8.count) else {
      throw wrongValue("model", "a string of 1 to \(Self.modelByteLimit) bytes")
    }
    return text
  }
}

extension JSONValue {
  /// Longer values are not repeated in an error: they tell its reader nothing, and may be the caller's text.
  private static let quotedByteLimit = 40

  /// A short string or number, as an error shows it.
  fileprivate var quoted: String? {
    guard text.count <= Self.quotedByteLimit else { return nil }
    switch kind {
    case .string: return string.map { ForeignText($0).description }
    case .number: return String(decoding: text, as: UTF8.self)
    default: return nil
    }
  }
}

private let adviceOnBodies = "Send one JSON object in UTF-8."

extension APIFault {
  /// The 400 for a body that is not JSON as RFC 8259 has it.
  init(_ error: JSONSyntaxError) {
    switch error.reason {
    case .duplicateMember(let name):
      self = .invalidRequest(
        "duplicate_member",
        "The request names the member \(ForeignText(name)) twice. Two readers could understand it differently, so it is "
          + "refused: send each member once.", parameter: ForeignText(name).text)
    case .tooDeep(let limit):
      self = .invalidRequest(
        "nesting_too_deep", "The request body nests deeper than \(limit) levels.", parameter: nil)
    case .empty:
      self = .invalidRequest(
        "invalid_json", "The request body is empty. \(adviceOnBodies)", parameter: nil)
    case .invalidUTF8, .byteOrderMark:
      self = .invalidRequest(
        "invalid_encoding", "The request body is \(error). \(adviceOnBodies)", parameter: nil)
    default:
      self = .invalidRequest(
        "invalid_json", "The request body is \(error). \(adviceOnBodies)", parameter: nil)
    }
  }
}
