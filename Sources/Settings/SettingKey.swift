/// One configurable thing: its name, what it may be, what it means, and the field that holds it.
///
/// Reading, environment names, flags, suggestions, documentation and the effective configuration all follow
/// from the list ``all``; a new key is one entry there and one field in ``Settings``.
public struct SettingKey: Sendable {
  /// The path of the key in the file: `router.url`.
  public let name: String
  /// The name of its type.
  public let type: String
  /// What it may be.
  public let allowed: String
  /// What it does, in sentences.
  public let meaning: String
  /// A value for the example file when there is no default to show.
  let example: String?
  /// What stands for the default when there is none: "the system's authorities".
  let absent: String?
  let shape: TextShape
  /// What the tables of a list of tables hold; empty for all other keys.
  let members: [MemberDescription]
  private let assign: @Sendable (RawValue, inout Settings) throws(Rejections) -> Void
  private let write: @Sendable (Settings) -> String?

  /// An entry whose default is what a fresh ``Settings`` holds.
  init<Value: Sendable>(
    _ name: String, _ field: any WritableKeyPath<Settings, Value> & Sendable, _ grammar: Grammar<Value>,
    absent: String? = nil, example: String? = nil, _ meaning: String
  ) {
    self.name = name
    self.meaning = meaning
    self.absent = absent
    self.example = example
    type = grammar.type
    allowed = grammar.allowed
    shape = grammar.shape
    members = []
    assign = { raw, settings throws(Rejections) in settings[keyPath: field] = try grammar.read(raw) }
    write = { grammar.write($0[keyPath: field]) }
  }

  /// An entry for a list of tables.
  init<Element: Sendable>(
    _ name: String, _ field: any WritableKeyPath<Settings, [Element]> & Sendable,
    _ grammar: TableListGrammar<Element>, _ meaning: String
  ) {
    self.name = name
    self.meaning = meaning
    absent = nil
    example = nil
    type = "list of tables"
    allowed = grammar.allowed(as: name)
    shape = .json
    members = grammar.members.map(\.description)
    assign = { raw, settings throws(Rejections) in settings[keyPath: field] = try grammar.read(raw) }
    write = { grammar.write($0[keyPath: field]) }
  }

  /// The environment variable that sets it: `NOMYO_PROXY_ROUTER_URL`.
  public var environmentName: String {
    Self.environmentPrefix + String(name.uppercased().map { $0 == "." ? "_" : $0 })
  }

  /// The flag that sets it: `--router-url`.
  public var flagName: String { Self.flagName(name) }

  /// The default as TOML, nil when there is none.
  public var defaultValue: String? { write(Settings()) }

  /// The value as TOML, nil when there is none.
  public func value(in settings: Settings) -> String? { write(settings) }

  /// The table that the key stands in, empty for the top level.
  var section: String {
    name.lastIndex(of: ".").map { String(name[..<$0]) } ?? ""
  }

  /// The name within the table.
  var leaf: String {
    name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? name
  }

  /// Reads a value into its field.
  func read(_ raw: RawValue, into settings: inout Settings) throws(Rejections) {
    try assign(raw, &settings)
  }

  static let environmentPrefix = "NOMYO_PROXY_"

  static func flagName(_ name: String) -> String {
    "--" + String(name.map { $0 == "." || $0 == "_" ? "-" : $0 })
  }
}
