/// From what models call a tool to what the caller calls it.
struct ResponsesToolNames: Sendable {
  /// A tool as the caller knows it.
  struct Name: Sendable, Equatable {
    let name: String
    /// The namespace it is declared in, which clients look it up by together with its name.
    let namespace: String?
    /// Whether its input is free text.
    let isCustom: Bool
  }

  private var byModelName: [String: Name] = [:]
  /// Tools of namespaces by the bare name alone; nil where two have it.
  private var byBareName: [String: Name?] = [:]

  init(_ names: [(modelName: String, name: Name)]) {
    for (modelName, name) in names {
      byModelName[modelName] = name
      guard name.namespace != nil else { continue }
      byBareName.updateValue(byBareName[name.name] == nil ? name : nil, forKey: name.name)
    }
  }

  /// The tool that a model calls.
  ///
  /// One that was never declared is passed on as a function of that name. Models drop the namespace now and then; where the rest says which tool is meant, that one is taken.
  func name(for modelName: String) -> Name {
    if let name = byModelName[modelName] { return name }
    if let bare = byBareName[modelName], let name = bare { return name }
    return Name(name: modelName, namespace: nil, isCustom: false)
  }
}
