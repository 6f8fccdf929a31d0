import JSONText

extension ChatRequest {
  /// The names of the members that the router's documentation does not name.
  public func undocumentedMembers() -> [String] {
    guard let document = try? JSONDocument(parsing: plaintext), let object = try? document.root.object()
    else { return [] }
    return object.members.map(\.name).filter { !ChatParameters.documented.contains($0) }
  }
}
