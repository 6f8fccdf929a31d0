import JSONText

/// Writes the events of one response: each named by its type, numbered from 0 without a gap.
struct ResponseEventWriter {
  private var events = EventWriter()
  private var nextNumber = 0

  /// Whether the events so far make a piece.
  var isFull: Bool { events.isFull }

  /// Hands over the events so far.
  mutating func take() -> [UInt8] { events.take() }

  /// An event with its members.
  mutating func event(_ type: String, _ members: (inout JSONWriter) -> Void) {
    let number = nextNumber
    nextNumber += 1
    events.event(type) { writer in
      writer.beginObject()
      writer.member("type", type)
      writer.member("sequence_number", number)
      members(&writer)
      writer.endObject()
    }
  }

  /// An event that has the whole response.
  mutating func response(_ type: String, _ write: (inout JSONWriter) -> Void) {
    event(type) { writer in
      writer.name("response")
      write(&writer)
    }
  }

  /// An event of an item.
  mutating func event(_ type: String, of item: ItemPlace, _ members: (inout JSONWriter) -> Void) {
    event(type) { writer in
      writer.member("item_id", item.id)
      writer.member("output_index", item.position)
      if let part = item.part { writer.member(part.name, part.position) }
      members(&writer)
    }
  }
}

/// Which item an event is of, and which of its parts.
struct ItemPlace {
  let id: String
  let position: Int
  /// The part's place and the name of the member that says it.
  var part: (name: String, position: Int)?
}
