/// A list of tables: `[[name]]` in the file, a JSON array in a variable.
struct TableListGrammar<Element: Sendable>: Sendable {
  /// What a table may hold, in the order in which people read about it.
  let members: [TableMember<Element>]
  /// A table in which nothing is set.
  let blank: Element
  /// The member that no two tables have in common.
  let identity: String

  /// The words for what is allowed.
  func allowed(as name: String) -> String {
    "tables [[\(name)]] of " + members.map(\.name).joined(separator: ", ")
      + "; a JSON array of objects in a variable"
  }

  /// The checked tables.
  ///
  /// - Throws: the faults of all tables at once.
  func read(_ raw: RawValue) throws(Rejections) -> [Element] {
    guard case .list(let raws) = raw else {
      throw Rejections(.expected("a list of tables", raw))
    }
    var (elements, rejections): ([Element], [Rejection]) = ([], [])
    var identities: Set<String> = []
    for (index, raw) in raws.enumerated() {
      let place = "[\(index)]"
      guard case .table(let entries) = raw else {
        rejections.append(Rejection.expected("a table", raw).at([place], allowed: "a table"))
        continue
      }
      let start = rejections.count
      let element = read(entries, at: place, &rejections)
      let isAccepted = !rejections[start...].contains { $0.path.starts(with: [place, identity]) }
      if isAccepted, let value = member(identity)?.write(element), !identities.insert(value).inserted {
        rejections.append(
          Rejection(problem: "\(value) appears twice")
            .at([place, identity], allowed: "a value that no other table has"))
      }
      elements.append(element)
    }
    guard rejections.isEmpty else { throw Rejections(rejections) }
    return elements
  }

  /// The tables as one line of TOML.
  func write(_ elements: [Element]) -> String {
    let tables = elements.map { element in
      let pairs = members.compactMap { member in member.write(element).map { "\(member.name) = \($0)" } }
      return "{ \(pairs.joined(separator: ", ")) }"
    }
    return "[\(tables.joined(separator: ", "))]"
  }

  private func read(
    _ entries: [RawValue.Entry], at place: String, _ rejections: inout [Rejection]
  ) -> Element {
    var element = blank
    for entry in entries {
      guard let member = member(entry.name) else {
        rejections.append(
          Rejection(problem: "unknown member")
            .at([place, entry.name], allowed: NearestName.advice(on: entry.name, among: members.map(\.name))))
        continue
      }
      do throws(Rejections) {
        try member.assign(entry.value, &element)
      } catch {
        rejections += error.all.map { $0.at([place, entry.name], allowed: member.description.allowed) }
      }
    }
    for member in members where member.description.isRequired {
      guard !entries.contains(where: { $0.name == member.name }) else { continue }
      rejections.append(
        Rejection(problem: "is missing").at([place, member.name], allowed: member.description.allowed))
    }
    return element
  }

  private func member(_ name: String) -> TableMember<Element>? { members.first { $0.name == name } }
}

/// What documentation says of a member of a table.
struct MemberDescription: Sendable {
  let name: String
  let type: String
  let allowed: String
  let meaning: String
  let isRequired: Bool
  /// The default as TOML, nil when there is none.
  let defaultValue: String?
}

/// One member of a table: its name, what it may be, what it means, and the field that holds it.
struct TableMember<Root: Sendable>: Sendable {
  let description: MemberDescription
  let assign: @Sendable (RawValue, inout Root) throws(Rejections) -> Void
  /// The value as TOML; nil when there is none.
  let write: @Sendable (Root) -> String?

  var name: String { description.name }

  /// A member that has a value whether it is set or not; a required one has no default.
  init<Value: Sendable>(
    _ name: String, _ field: any WritableKeyPath<Root, Value> & Sendable, _ grammar: Grammar<Value>,
    in blank: Root, isRequired: Bool = false, _ meaning: String
  ) {
    write = { grammar.write($0[keyPath: field]) }
    assign = { raw, root throws(Rejections) in root[keyPath: field] = try grammar.read(raw) }
    description = MemberDescription(
      name: name, type: grammar.type, allowed: grammar.allowed, meaning: meaning, isRequired: isRequired,
      defaultValue: isRequired ? nil : grammar.write(blank[keyPath: field]))
  }

  /// A member that may have no value.
  init<Value: Sendable>(
    _ name: String, optional field: any WritableKeyPath<Root, Value?> & Sendable, _ grammar: Grammar<Value>,
    _ meaning: String
  ) {
    write = { $0[keyPath: field].flatMap(grammar.write) }
    assign = { raw, root throws(Rejections) in root[keyPath: field] = try grammar.read(raw) }
    description = MemberDescription(
      name: name, type: grammar.type, allowed: grammar.allowed, meaning: meaning, isRequired: false,
      defaultValue: nil)
  }
}
