/// Server-sent events as a browser reads them (HTML standard, section 9.2.6), and nothing of how ours are written.
struct EventReader {
  struct Event {
    var name = ""
    var data: [UInt8] = []
  }

  /// The events of a stream that ends where an event does; nil where it does not, or is not UTF-8.
  static func events(_ bytes: [UInt8]) -> [Event]? {
    guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
    var (events, event): ([Event], Event?) = ([], nil)
    for line in lines(bytes) {
      if line.isEmpty {
        if let event { events.append(event) }
        event = nil
        continue
      }
      let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
      var value = line[colon...].dropFirst()
      if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
      if line[..<colon].elementsEqual("data".utf8) {
        let earlier = event?.data ?? []
        event = Event(
          name: event?.name ?? "", data: earlier.isEmpty ? Array(value) : earlier + [0x0A] + value)
      } else if line[..<colon].elementsEqual("event".utf8) {
        event = Event(name: String(decoding: value, as: UTF8.self), data: event?.data ?? [])
      }
    }
    return event == nil ? events : nil
  }

  /// The lines of a text with the ends that HTML has: CR, LF, or both.
  private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var (lines, start): ([ArraySlice<UInt8>], Int) = ([], 0)
    for (index, byte) in bytes.enumerated() where byte == 0x0A || byte == 0x0D {
      // The second half of CR LF.
      if byte == 0x0A, index > 0, bytes[index - 1] == 0x0D {
        start = index + 1
        continue
      }
      lines.append(bytes[start..<index])
      start = index + 1
    }
    return start == bytes.count ? lines : lines + [bytes[start...]]
  }
}
