/// What a key's value may be: how to read it, how to write it back, and the words for what is allowed.
struct Grammar<Value: Sendable>: Sendable {
  /// The name of the type in documentation and faults.
  let type: String
  /// What is allowed, as a fault and the documentation say it.
  let allowed: String
  /// How text from the environment or a flag becomes a value.
  let shape: TextShape
  /// The checked value.
  let read: @Sendable (RawValue) throws(Rejections) -> Value
  /// The value as TOML; nil when there is none.
  let write: @Sendable (Value) -> String?
}

extension Grammar {
  /// A value of which one thing can be wrong at a time.
  init(
    type: String, allowed: String, shape: TextShape,
    readOne: @escaping @Sendable (RawValue) throws(Rejection) -> Value,
    write: @escaping @Sendable (Value) -> String?
  ) {
    self.init(
      type: type, allowed: allowed, shape: shape,
      read: { raw throws(Rejections) in
        do throws(Rejection) { return try readOne(raw) } catch { throw Rejections(error) }
      },
      write: write)
  }

  /// A value that is one TOML string.
  ///
  /// With `private`, faults do not repeat what was written.
  static func text(
    _ type: String, allowed: String, private isPrivate: Bool = false,
    read: @escaping @Sendable (String) throws(Rejection) -> Value,
    write: @escaping @Sendable (Value) -> String?
  ) -> Grammar {
    Grammar(
      type: type, allowed: allowed, shape: .string,
      readOne: { raw throws(Rejection) in
        guard case .string(let text) = raw else { throw .expected("a string", raw, private: isPrivate) }
        return try read(text)
      },
      write: { write($0)?.quoted })
  }

  /// A list in which nothing appears twice.
  static func list<Item: Hashable & Sendable>(
    of item: Grammar<Item>, atLeast minimum: Int = 0, atMost maximum: Int = .max
  ) -> Grammar where Value == [Item] {
    Grammar(
      type: "list",
      allowed: "a list of\(maximum < .max ? " at most \(maximum)" : ""): \(item.allowed)",
      shape: item.shape == .integer ? .integers : .list,
      read: { raw throws(Rejections) in
        guard case .list(let raws) = raw else { throw Rejections(.expected("a list", raw)) }
        var rejections: [Rejection] = []
        if raws.count < minimum { rejections.append(Rejection(problem: "the list is empty")) }
        if raws.count > maximum {
          rejections.append(Rejection(problem: "the list has \(raws.count) items"))
        }
        let items = read(raws, as: item, &rejections)
        guard rejections.isEmpty else { throw Rejections(rejections) }
        return items
      },
      write: { "[" + $0.compactMap(item.write).joined(separator: ", ") + "]" })
  }

  /// The elements of a list that are taken; what is wrong with the others is added to the rejections.
  private static func read<Item: Hashable & Sendable>(
    _ raws: [RawValue], as item: Grammar<Item>, _ rejections: inout [Rejection]
  ) -> [Item] where Value == [Item] {
    var items: [Item] = []
    var known: Set<Item> = []
    for (index, raw) in raws.enumerated() {
      let place = ["[\(index)]"]
      do throws(Rejections) {
        let value = try item.read(raw)
        items.append(value)
        guard !known.insert(value).inserted else { continue }
        rejections.append(
          Rejection(problem: "\(item.write(value) ?? "the item") appears twice")
            .at(place, allowed: "a value that the list does not have yet"))
      } catch {
        rejections += error.all.map { $0.at(place, allowed: item.allowed) }
      }
    }
    return items
  }
}

extension Grammar<Bool> {
  /// `true` or `false`.
  static let boolean = Grammar(
    type: "boolean", allowed: "true or false", shape: .boolean,
    readOne: { raw throws(Rejection) in
      guard case .boolean(let value) = raw else { throw .expected("a boolean", raw) }
      return value
    },
    write: { "\($0)" })
}

extension Grammar<Int> {
  /// A whole number within a range.
  static func integer(_ range: ClosedRange<Int>) -> Grammar {
    integer(allowed: "\(range.lowerBound) to \(range.upperBound)", accepts: range.contains)
  }

  /// One of a few whole numbers.
  static func oneOf(_ values: [Int]) -> Grammar {
    integer(allowed: values.map { "\($0)" }.joined(separator: " or "), accepts: values.contains)
  }

  private static func integer(allowed: String, accepts: @escaping @Sendable (Int) -> Bool) -> Grammar {
    Grammar(
      type: "integer", allowed: allowed, shape: .integer,
      readOne: { raw throws(Rejection) in
        guard case .integer(let number) = raw else { throw .expected("an integer", raw) }
        guard let value = Int(exactly: number), accepts(value) else {
          throw Rejection(problem: "\(number) is not allowed")
        }
        return value
      },
      write: { "\($0)" })
  }

  /// A number of bytes within a range, with or without a unit.
  static func size(_ lowest: Int, _ highest: Int) -> Grammar {
    let spelling = Quantity.size
    let range = Int64(lowest)...Int64(highest)
    return Grammar(
      type: "size",
      allowed: "a whole number with B, KiB, MiB or GiB, \(spelling.text(range.lowerBound)) to "
        + spelling.text(range.upperBound),
      shape: .string,
      readOne: { raw throws(Rejection) in
        switch raw {
        case .integer(let bytes): return Int(try bytes.within(range, shown: "\(bytes)"))
        case .string(let text):
          guard let bytes = spelling.amount(of: text) else {
            throw Rejection(problem: "\(text.shown) is not a size")
          }
          return Int(try bytes.within(range, shown: text))
        default: throw .expected("a size", raw)
        }
      },
      write: { spelling.text(Int64($0)).quoted })
  }
}

extension Grammar<Duration> {
  /// A time span within a range, to the millisecond.
  static func duration(_ lowest: Duration, _ highest: Duration) -> Grammar {
    let spelling = Quantity.duration
    let range = lowest.wholeMilliseconds...highest.wholeMilliseconds
    return .text(
      "duration",
      allowed: "a whole number with ms, s, m or h, \(spelling.text(range.lowerBound)) to "
        + spelling.text(range.upperBound),
      read: { text throws(Rejection) in
        guard let amount = spelling.amount(of: text) else {
          throw Rejection(problem: "\(text.shown) is not a duration")
        }
        return .milliseconds(try amount.within(range, shown: text))
      },
      write: { spelling.text($0.wholeMilliseconds) })
  }
}

extension Grammar where Value: RawRepresentable<String> & CaseIterable {
  /// One of the words of an enumeration.
  static var word: Grammar {
    let words = Value.allCases.map(\.rawValue)
    return .text(
      "word", allowed: words.joined(separator: ", "),
      read: { text throws(Rejection) in
        guard let value = Value(rawValue: text) else {
          throw Rejection(problem: "\(text.shown) is not one of the words")
        }
        return value
      },
      write: { $0.rawValue })
  }
}

extension Grammar {
  /// One of the words of an enumeration, or `none`.
  static func wordOrNone<Word: RawRepresentable<String> & CaseIterable & Sendable>() -> Grammar
  where Value == Word? {
    let word = Grammar<Word>.word
    return Grammar(
      type: word.type, allowed: "none, \(word.allowed)", shape: .string,
      read: { raw throws(Rejections) in
        if case .string("none") = raw { return nil }
        return try word.read(raw)
      },
      write: { $0.flatMap(word.write) ?? "none".quoted })
  }
}

extension Rejection {
  /// A value of the wrong type; the type has its article.
  static func expected(_ type: String, _ found: RawValue, private isPrivate: Bool = false) -> Rejection {
    Rejection(problem: "expected \(type), found \(isPrivate ? found.kind : found.shown)")
  }
}

extension Int64 {
  fileprivate func within(_ range: ClosedRange<Int64>, shown text: String) throws(Rejection) -> Int64 {
    guard range.contains(self) else { throw Rejection(problem: "\(text.shown) is out of range") }
    return self
  }
}
