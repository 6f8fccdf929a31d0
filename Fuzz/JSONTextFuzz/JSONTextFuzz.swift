import JSONText

/// One input: the module must judge it as the reference does, and all that it offers must hold on it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSONText(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  judge(start, count) { bytes in
    let depthLimit = 8
    do throws(JSONSyntaxError) {
      let document = try JSONDocument(parsing: bytes, depthLimit: depthLimit)
      require(ReferenceGrammar.accepts(bytes, depthLimit: depthLimit), "accepts what is not JSON")
      checkDocument(document)
    } catch {
      require(!ReferenceGrammar.accepts(bytes, depthLimit: depthLimit), "refuses JSON: \(error)")
      require(0...bytes.count ~= error.offset, "error outside the text")
    }
    checkPieces(bytes[...], characters: bytes.count % 5 + 1)
    checkWriter(bytes)
  }
}

private func parsed(_ bytes: [UInt8], _ what: String) -> JSONDocument {
  do {
    return try JSONDocument(parsing: bytes)
  } catch {
    fatalError("\(what) is \(error): \(String(decoding: bytes, as: UTF8.self))")
  }
}

private func checkDocument(_ document: JSONDocument) {
  var line: [UInt8] = []
  document.root.appendSingleLine(to: &line)
  let lineDocument = parsed(line, "the single line")
  for scalar in String(decoding: line, as: UTF8.self).unicodeScalars {
    require(!"\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains(scalar), "a line break in a single line")
  }
  checkSame(document.root, lineDocument.root)
  let object = try? document.root.object()
  if let object { checkEditor(document, object) }
}

/// Two spellings of one value; checks each value's own text on the way.
private func checkSame(_ value: JSONValue, _ other: JSONValue) {
  require(value.kind == other.kind, "kinds differ")
  let alone = parsed(Array(value.text), "a value's text").root
  require(alone.range == 0..<value.range.count && alone.kind == value.kind, "a value's range is wrong")
  require(value.string.map { Array($0.utf8) } == other.string.map { Array($0.utf8) }, "strings differ")
  require(value.number == other.number && value.integer == other.integer, "numbers differ")
  require(value.bool == other.bool && value.isNull == other.isNull, "literals differ")
  if let integer = value.integer { require(value.number == Double(integer), "integer is not the number") }
  if let content = value.stringContent {
    checkPieces(content, characters: content.count % 3 + 1)
    if let string = value.string { checkCharacters(content, of: string) }
  }
  checkWritten(value)
  let (elements, others) = (value.elements ?? [], other.elements ?? [])
  require(elements.count == others.count, "element counts differ")
  for (element, other) in zip(elements, others) { checkSame(element, other) }
  guard let object = try? value.object() else { return }
  let same = try? other.object()
  require(object.members.count == same?.members.count, "member counts differ")
  for (member, other) in zip(object.members, same.map { Array($0.members) } ?? []) {
    require(member.name.utf8.elementsEqual(other.name.utf8), "names differ")
    require(object[member.name]?.range == member.value.range, "a member is not found by its name")
    checkSame(member.value, other.value)
  }
}

/// A value is written as itself in each of the ways that there are for it.
private func checkWritten(_ value: JSONValue) {
  var writer = JSONWriter()
  writer.beginArray()
  writer.value(value)
  if let content = value.stringContent {
    writer.stringContent(content)
    writer.stringContent(joining: Array(JSONStringPieces(content, characters: 3)))
  }
  if let number = value.number { writer.number(number) }
  if let integer = value.integer { writer.integer(integer) }
  writer.endArray()
  for again in parsed(writer.bytes, "a written value").root.lazyElements.map(Array.init) ?? [] {
    require(again.kind == value.kind && again.number == value.number, "a written value is another")
    require(
      again.string.map { Array($0.utf8) } == value.string.map { Array($0.utf8) },
      "a written string is another")
  }
}

/// Changes members as the bytes of the document decide, and compares with a list of members.
private func checkEditor(_ document: JSONDocument, _ object: JSONObject) {
  var editor = JSONEditor(document, object: object)
  require(editor.isEmpty && editor.edited() == document.bytes, "an editor without changes changes")
  var model = object.members.map { (name: Array($0.name.utf8), value: Array($0.value.text)) }
  for member in object.members {
    let name = Array(member.name.utf8)
    guard let index = model.firstIndex(where: { $0.name == name }) else { continue }
    switch document.bytes[member.nameRange.lowerBound / 2 + member.value.range.count / 3] % 5 {
    case 0:
      editor.remove(member.name)
      model.remove(at: index)
    case 1:
      editor.replace(member.name, with: "[1]".utf8)
      model[index].value = Array("[1]".utf8)
    case 2:
      editor.rename(member.name, to: "n")
      if !model.contains(where: { $0.name == Array("n".utf8) }) { model[index].name = Array("n".utf8) }
    case 3:
      editor.append("n", "{}".utf8)
      if let taken = model.firstIndex(where: { $0.name == Array("n".utf8) }) {
        model[taken].value = Array("{}".utf8)
      } else {
        model.append((Array("n".utf8), Array("{}".utf8)))
      }
    default: break
    }
  }
  let edited = parsed(editor.edited(), "the edited text")
  let members = (try? edited.root.object()).map { Array($0.members) } ?? []
  require(members.map { Array($0.name.utf8) } == model.map(\.name), "edited names are wrong")
  require(members.map { Array($0.value.text) } == model.map(\.value), "edited values are wrong")
}

/// Any bytes at all are cut into pieces that are not empty and join again.
private func checkPieces(_ content: ArraySlice<UInt8>, characters: Int) {
  var position = content.startIndex
  for piece in JSONStringPieces(content, characters: characters) {
    require(piece.startIndex == position && !piece.isEmpty, "a piece is empty or misplaced")
    position = piece.endIndex
  }
  require(position == content.endIndex, "pieces do not reach the end")
}

/// Valid content is cut where Swift's own characters end.
private func checkCharacters(_ content: ArraySlice<UInt8>, of string: String) {
  guard string.allSatisfy({ $0.unicodeScalars.count < 64 }) else { return }
  var rest = Substring(string)
  for piece in JSONStringPieces(content, characters: 2) {
    let quoted = [UInt8(ascii: "\"")] + piece + [UInt8(ascii: "\"")]
    let decoded = parsed(quoted, "a piece").root.string ?? ""
    require(decoded.utf8.elementsEqual(rest.prefix(2).utf8), "a piece is not two characters")
    rest = rest.dropFirst(2)
  }
  require(rest.isEmpty, "pieces lack characters")
}

/// Any text is written as a string that reads back the same.
private func checkWriter(_ bytes: [UInt8]) {
  let string = String(decoding: bytes, as: UTF8.self)
  var writer = JSONWriter(reservingCapacity: 0)
  writer.beginObject()
  writer.member(string, string)
  writer.endObject()
  let object = try? parsed(writer.bytes, "a written object").root.object()
  let read = object?[string]?.string
  require(read.map { Array($0.utf8) } == Array(string.utf8), "a written string reads differently")
}
