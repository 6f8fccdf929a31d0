/// Finds the declared tools that a choice names, at the same small cost however many there are: a choice may name
/// thousands among thousands.
struct ResponsesToolIndex {
  /// A tool as a choice names it: one that takes text is never meant by a function's name.
  private struct Key: Hashable {
    let name: String
    let isCustom: Bool
  }

  private var modelNames: Set<Key> = []
  /// The names for the model of tools by their bare names; nil where several have one.
  private var bareNames: [Key: String?] = [:]
  private var namespaces: [String: [String]] = [:]

  init(_ names: [(modelName: String, name: ResponsesToolNames.Name)]) {
    for (modelName, name) in names {
      modelNames.insert(Key(name: modelName, isCustom: name.isCustom))
      let bare = Key(name: name.name, isCustom: name.isCustom)
      bareNames.updateValue(bareNames[bare] == nil ? modelName : nil, forKey: bare)
      if let namespace = name.namespace { namespaces[namespace, default: []].append(modelName) }
    }
  }

  /// The names for the model of all tools of a namespace.
  func modelNames(in namespace: String) -> [String] { namespaces[namespace] ?? [] }

  /// The name for the model of the one tool that is meant, nil where there is none or more than one.
  func modelName(of name: String, in namespace: String?, isCustom: Bool) -> String? {
    let modelName = ResponsesTools.modelName(name, in: namespace)
    if modelNames.contains(Key(name: modelName, isCustom: isCustom)) { return modelName }
    return bareNames[Key(name: name, isCustom: isCustom)] ?? nil
  }
}
