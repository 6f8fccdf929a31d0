/// Removes, replaces, renames and adds members of one object of a document, leaving every other byte as it was.
///
/// Calls act on the members as the calls before left them, so a member can be renamed and then removed under its
/// new name. No call makes two members of one name. Members that stay keep their bytes and the white space
/// before them; one that goes takes its white space and one comma along.
public struct JSONEditor: Sendable {
  /// What becomes of a member that the document has.
  private struct Change {
    var isRemoved = false
    /// The new name as JSON text.
    var name: [UInt8]?
    var value: [UInt8]?
  }

  /// A member that the document does not have.
  private struct Addition {
    var name: String
    var value: [UInt8]
    var isRemoved = false
  }

  /// Where a member is kept.
  private enum Place {
    case member(Int)
    case addition(Int)
    case nowhere
  }

  private let document: JSONDocument
  private let object: JSONObject
  /// The changes by index in `object.members`.
  private var changes: [Int: Change] = [:]
  private var additions: [Addition] = []
  /// The names that no longer mean what they mean in `object`.
  private var moved: [ExactName: Place] = [:]

  /// An editor that has no change to make yet.
  ///
  /// - Parameter object: the document's root object, or any other object in it.
  public init(_ document: JSONDocument, object: JSONObject) {
    self.document = document
    self.object = object
  }

  /// Whether no change was asked for, so that `edited()` would give the document's own bytes.
  public var isEmpty: Bool { changes.isEmpty && additions.allSatisfy(\.isRemoved) }

  /// Takes a member out; nothing happens if there is none of this name.
  public mutating func remove(_ name: String) {
    let exact = ExactName(name)
    switch place(of: exact) {
    case .member(let index): changes[index, default: Change()].isRemoved = true
    case .addition(let index): additions[index].isRemoved = true
    case .nowhere: return
    }
    moved[exact] = .nowhere
  }

  /// Gives a member another value; nothing happens if there is none of this name.
  ///
  /// - Parameter text: the value as JSON text, which is not looked at.
  public mutating func replace(_ name: String, with text: some Collection<UInt8>) {
    switch place(of: ExactName(name)) {
    case .member(let index): changes[index, default: Change()].value = Array(text)
    case .addition(let index): additions[index].value = Array(text)
    case .nowhere: break
    }
  }

  /// Gives a member another name; nothing happens if there is none of this name, or one of the new name already.
  public mutating func rename(_ name: String, to newName: String) {
    let (old, new) = (ExactName(name), ExactName(newName))
    guard case .nowhere = place(of: new) else { return }
    let place = place(of: old)
    switch place {
    case .member(let index): changes[index, default: Change()].name = Self.jsonString(newName)
    case .addition(let index): additions[index].name = newName
    case .nowhere: return
    }
    moved[old] = .nowhere
    moved[new] = place
  }

  /// Adds a member after all others; one that has this name already gets the value instead.
  ///
  /// - Parameter text: the value as JSON text, which is not looked at.
  public mutating func append(_ name: String, _ text: some Collection<UInt8>) {
    let exact = ExactName(name)
    guard case .nowhere = place(of: exact) else { return replace(name, with: text) }
    moved[exact] = .addition(additions.count)
    additions.append(Addition(name: name, value: Array(text)))
  }

  /// The document's text with all changes made.
  public func edited() -> [UInt8] {
    document.bytes.spliced(memberSplices() + additionSplices())
  }

  private func place(of name: ExactName) -> Place {
    moved[name] ?? object.position(of: name).map(Place.member) ?? .nowhere
  }

  private func isKept(_ index: Int) -> Bool { changes[index]?.isRemoved != true }

  /// What to cut out and to put in for the changed members, in the order of the text.
  private func memberSplices() -> [Splice] {
    let members = object.members
    let firstKept = members.indices.first(where: isKept) ?? members.endIndex
    var splices: [Splice] = []
    for index in changes.keys.sorted() {
      guard let change = changes[index] else { continue }
      let member = members[index]
      if change.isRemoved {
        splices.append(Splice(range: removalRange(of: index, firstKept: firstKept), text: []))
        continue
      }
      if let name = change.name { splices.append(Splice(range: member.nameRange, text: name)) }
      if let value = change.value { splices.append(Splice(range: member.value.range, text: value)) }
    }
    return splices
  }

  /// The text of a member that goes, with the comma and white space on one side of it.
  ///
  /// After a member that stays that is the side before it. Members ahead of all that stay take the side up to the
  /// next member, and if none stays the last has nothing to take, so what is around all members remains.
  private func removalRange(of index: Int, firstKept: Int) -> Range<Int> {
    let members = object.members
    let member = members[index]
    if index > firstKept { return members[index - 1].value.range.upperBound..<member.value.range.upperBound }
    let isLast = index + 1 == members.endIndex
    return member.nameRange
      .lowerBound..<(isLast ? member.value.range.upperBound : members[index + 1].nameRange.lowerBound)
  }

  /// The added members, put in after the last member, or after the opening brace of an empty object.
  private func additionSplices() -> [Splice] {
    var text: [UInt8] = []
    var needsComma = object.members.indices.contains(where: isKept)
    for addition in additions where !addition.isRemoved {
      if needsComma { text.append(ASCII.comma) }
      text.appendJSONString(addition.name)
      text.append(ASCII.colon)
      text.append(contentsOf: addition.value)
      needsComma = true
    }
    guard !text.isEmpty else { return [] }
    let end = object.members.last?.value.range.upperBound ?? object.range.lowerBound + 1
    return [Splice(range: end..<end, text: text)]
  }

  private static func jsonString(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendJSONString(text)
    return bytes
  }
}
