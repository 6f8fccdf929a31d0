import JSONText

/// The tools of a request, checked and brought into the one form that routers know: functions with a schema.
struct ToolList {
  /// What becomes of a member of the request.
  enum Outcome: Equatable {
    case kept
    case removed
    case written([UInt8])
  }

  private(set) var tools = Outcome.kept
  private(set) var choice = Outcome.kept
  /// How the answer's calls are written back.
  private(set) var form = CallForm()
  /// Whether there is no tool left.
  var isEmpty: Bool { names.isEmpty }
  private var names: Set<String> = []
  private var hasHosted = false

  /// Reads `tools` and `tool_choice`, or `functions` and `function_call`.
  init(
    of request: RequestMembers, in document: JSONDocument, under policy: RequestPolicy
  ) throws(APIFault) {
    form.keepsFirstOnly = try request.bool("parallel_tool_calls") == false
    let old = try request.list("functions")
    let new = try request.list("tools")
    if let old, !old.isEmpty {
      guard new?.isEmpty != false else {
        throw request.unsupported("functions", "the request has 'tools' too; send these alone.")
      }
      form.isOldForm = true
      try readFunctions(old, document, policy)
      try settle(try ToolChoice(old: request), request, "function_call")
    } else {
      let choice = try ToolChoice(request)
      if let new { try readTools(new, only: choice, document, policy) }
      try settle(choice, request, "tool_choice")
    }
  }

  private mutating func readTools(
    _ list: JSONElements, only choice: ToolChoice, _ document: JSONDocument, _ policy: RequestPolicy
  ) throws(APIFault) {
    var rewriter = ListRewriter(document)
    var index = 0
    for value in list {
      let tool = try Tool(value, at: "tools[\(index)]", under: policy)
      index += 1
      if case .allowed(_, let names) = choice, !names.contains(tool.name) {
        rewriter.drop()
        continue
      }
      switch tool.kind {
      case .hosted:
        hasHosted = true
        rewriter.drop()
        continue
      case .custom: form.customNames.insert(tool.name)
      case .function: break
      }
      names.insert(tool.name)
      if tool.needsMending {
        rewriter.write { tool.write(to: &$0, of: document) }
      } else {
        rewriter.keep(value)
      }
    }
    tools = rewriter.count == 0 ? .removed : rewriter.finished().map { .written($0) } ?? .kept
  }

  private mutating func readFunctions(
    _ list: JSONElements, _ document: JSONDocument, _ policy: RequestPolicy
  ) throws(APIFault) {
    var rewriter = ListRewriter(document)
    var index = 0
    for value in list {
      let tool = try Tool(function: value, at: "functions[\(index)]", under: policy)
      index += 1
      names.insert(tool.name)
      rewriter.write { tool.write(to: &$0, of: document) }
    }
    tools = rewriter.finished().map { .written($0) } ?? .kept
  }

  /// Decides about the choice, now that it is known which tools there are.
  private mutating func settle(
    _ choice: ToolChoice, _ request: RequestMembers, _ name: String
  ) throws(APIFault) {
    if case .hosted(let type) = choice {
      throw request.unsupported(
        name, "a tool of type \(ForeignText(type)) cannot be had here; functions can.")
    }
    guard !names.isEmpty else {
      // Told to call one of the tools that had to go, the model would have to make one up.
      if hasHosted, choice.forcesCall {
        throw request.unsupported(name, "none of the tools can be had here; functions can.")
      }
      self.choice = .removed
      return
    }
    switch choice {
    case .plain(let value):
      if let named = value?.functionName { try require(named, request, name) }
    case .mode(let mode), .allowed(let mode, _): self.choice = .written(Self.text(of: mode))
    case .function(let named, _):
      try require(named, request, name)
      self.choice = .written(Self.text(function: named))
    case .hosted: break
    }
  }

  private func require(_ named: String, _ request: RequestMembers, _ name: String) throws(APIFault) {
    guard !names.contains(named) else { return }
    throw .invalidRequest(
      "unknown_tool",
      "'\(name)' names the tool \(ForeignText(named)), which is not among the tools of the request.",
      parameter: name)
  }

  private static func text(of mode: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.string(mode)
    return writer.bytes
  }

  private static func text(function name: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.functionChoice(name)
    return writer.bytes
  }
}

extension ToolChoice {
  /// Whether the model must call something.
  fileprivate var forcesCall: Bool {
    switch self {
    case .plain(let value): value.map { !["none", "auto"].contains($0.string) } ?? false
    case .mode(let mode), .allowed(let mode, _): mode == "required"
    case .function, .hosted: true
    }
  }
}

extension JSONValue {
  /// The name in `{"function":{"name":…}}`.
  fileprivate var functionName: String? {
    (try? object()?["function"]?.object()).flatMap { $0["name"]?.string }
  }
}

extension JSONElements {
  var isEmpty: Bool { first { _ in true } == nil }
}
