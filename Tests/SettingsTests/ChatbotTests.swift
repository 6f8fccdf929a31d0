import Dialects
import Settings
import Testing

@Suite("Chatbots")
struct ChatbotTests {
  private let least = "[[chatbots]]\nid = \"a\"\nmodel = \"m\"\n"

  /// The faults of one chatbot that has an id, a model and one line more.
  private func faults(of line: String) -> [String] { SettingsTests.faults(least + line) }

  @Test("a chatbot needs an id and a model, and has defaults for the rest")
  func defaults() throws {
    let chatbot = try #require(try load(least).chatbots.first)
    #expect(chatbot == Chatbot(id: "a", model: "m"))
    #expect(chatbot.history.turns == 20)
    #expect(chatbot.history.byteCount == 256 << 10)
    #expect(chatbot.history.lifetime == .seconds(3600))
    #expect(chatbot.sampling == Chatbot.Sampling())
    #expect(chatbot.createdAt == nil)
  }

  @Test("every member arrives")
  func members() throws {
    let toml = """
      [[chatbots]]
      id = "bot_789"
      name = "Support Assistant"
      type = "customer_support"
      description = "Customer support chatbot"
      model = "Qwen/Qwen3.5-27B"
      system_prompt = \"\"\"
      You help.
      Be "brief".\"\"\"
      temperature = 1
      top_p = 0.5
      max_tokens = 100
      presence_penalty = -2.0
      frequency_penalty = 2
      stop = ["\\n\\n", "END"]
      history_turns = 3
      history_size = "64KiB"
      history_lifetime = "30m"
      created_at = "2024-01-15T10:00:00Z"
      """
    var expected = Chatbot(id: "bot_789", model: "Qwen/Qwen3.5-27B")
    expected.name = "Support Assistant"
    expected.type = "customer_support"
    expected.description = "Customer support chatbot"
    expected.systemPrompt = "You help.\nBe \"brief\"."
    expected.sampling.temperature = 1
    expected.sampling.topP = 0.5
    expected.sampling.maxTokens = 100
    expected.sampling.presencePenalty = -2
    expected.sampling.frequencyPenalty = 2
    expected.sampling.stop = ["\n\n", "END"]
    expected.history.turns = 3
    expected.history.byteCount = 65536
    expected.history.lifetime = .seconds(1800)
    expected.createdAt = 1_705_312_800
    let settings = try load(toml)
    #expect(settings.chatbots == [expected])
    #expect(settings.provenance == ["chatbots": .file(path: "/c.toml", line: 1, column: 3)])
    #expect(try load(settings.effectiveText()).chatbots == [expected])
  }

  @Test("the environment alone is enough, with the same objects in JSON")
  func environment() throws {
    let json = """
      [ {"id":"a","model":"m","system_prompt":"one\\ntwo","temperature":0.5,"stop":["x"],"history_turns":1},
        {"id":"b","model":"n","max_tokens":9} ]
      """
    let chatbots = try load(least, environment: ["NOMYO_PROXY_CHATBOTS": json]).chatbots
    #expect(chatbots.map(\.id) == ["a", "b"])
    #expect(chatbots[0].systemPrompt == "one\ntwo")
    #expect(chatbots[0].sampling.temperature == 0.5)
    #expect(chatbots[0].sampling.stop == ["x"])
    #expect(chatbots[1].sampling.maxTokens == 9)
    #expect(try load(flags: ["chatbots": json]).chatbots == chatbots)
    #expect(try load(least, environment: ["NOMYO_PROXY_CHATBOTS": ""]).chatbots.isEmpty)
  }

  @Test("the inline form of the file is the same")
  func inline() throws {
    #expect(
      try load("chatbots = [{ id = \"a\", model = \"m\" }]").chatbots == [Chatbot(id: "a", model: "m")])
    #expect(
      SettingsTests.faults(
        "chatbots = [\n  { id = \"a\", model = \"m\" },\n  { id = \"b\", model = \"m\", top_p = 2 },\n]")
        == ["/c.toml:3:28: chatbots[1].top_p: 2.0 is not allowed; allowed: 0 to 1"])
  }

  @Test("all faults of all chatbots come at once, each at its place")
  func allAtOnce() {
    let toml = """
      [log]
      level = "loud"
      [[chatbots]]
      id = "a b"
      modle = "m"
      temperature = 3
      [[chatbots]]
      id = "b"
      model = ""
        stop = "x"
      [[chatbots]]
      [keys]
      bits = 1
      """
    let models = "a model's name without control characters"
    #expect(
      SettingsTests.faults(toml) == [
        "/c.toml:2:1: log.level: \"loud\" is not one of the words; "
          + "allowed: trace, debug, info, notice, warning, error, critical",
        "/c.toml:3:3: chatbots[0].model: is missing; allowed: \(models)",
        "/c.toml:4:1: chatbots[0].id: \"a b\" is not fit for a path; "
          + "allowed: 1 to 64 letters of ASCII, digits, - and _",
        "/c.toml:5:1: chatbots[0].modle: unknown member; allowed: model, the nearest known one",
        "/c.toml:6:1: chatbots[0].temperature: 3.0 is not allowed; allowed: 0 to 2",
        "/c.toml:9:1: chatbots[1].model: \"\" is no model name; allowed: \(models)",
        "/c.toml:10:3: chatbots[1].stop: expected a list, found string \"x\"; "
          + "allowed: a list of at most 4: text with something in it, without NUL",
        "/c.toml:11:3: chatbots[2].id: is missing; allowed: 1 to 64 letters of ASCII, digits, - and _",
        "/c.toml:11:3: chatbots[2].model: is missing; allowed: \(models)",
        "/c.toml:13:1: keys.bits: 1 is not allowed; allowed: 3072 or 4096",
      ])
  }

  @Test(
    "a wrong member is named",
    arguments: [
      ("temperature = \"hot\"", "temperature: expected a number, found string \"hot\"; allowed: 0 to 2"),
      ("temperature = nan", "temperature: nan is not allowed; allowed: 0 to 2"),
      ("temperature = -0.1", "temperature: -0.1 is not allowed; allowed: 0 to 2"),
      ("top_p = inf", "top_p: inf is not allowed; allowed: 0 to 1"),
      ("presence_penalty = 2.1", "presence_penalty: 2.1 is not allowed; allowed: -2 to 2"),
      ("max_tokens = 0", "max_tokens: 0 is not allowed; allowed: 1 to 10000000"),
      ("max_tokens = 1.5", "max_tokens: expected an integer, found number 1.5; allowed: 1 to 10000000"),
      ("history_turns = -1", "history_turns: -1 is not allowed; allowed: 0 to 1000"),
      (
        "name = \"a\\u0007\"",
        "name: \"a\\u0007\" has control characters; allowed: text without control characters"
      ),
      (
        "system_prompt = \"\"",
        "system_prompt: the text is empty; allowed: text with something in it, without NUL"
      ),
      (
        "stop = [\"a\", \"a\"]",
        "stop[1]: \"a\" appears twice; allowed: a value that the list does not have yet"
      ),
      (
        "stop = [\"1\", \"2\", \"3\", \"4\", \"5\"]",
        "stop: the list has 5 items; allowed: a list of at most 4: text with something in it, without NUL"
      ),
      (
        "created_at = 2024-01-15T10:00:00Z",
        "created_at: expected a string, found a date or time; "
          + "allowed: a time in UTC between quotes, like \"2024-01-15T10:30:00Z\""
      ),
      (
        "created_at = \"2023-02-29T10:00:00Z\"",
        "created_at: \"2023-02-29T10:00:00Z\" is no such time; "
          + "allowed: a time in UTC between quotes, like \"2024-01-15T10:30:00Z\""
      ),
      ("prompt = \"x\"", "prompt: unknown member; allowed: system_prompt, the nearest known one"),
      ("tpye = \"x\"", "tpye: unknown member; allowed: type, the nearest known one"),
      (
        "colour = \"red\"",
        "colour: unknown member; allowed: id, model, name, type, description, system_prompt, temperature, top_p, "
          + "max_tokens, presence_penalty, frequency_penalty, stop, history_turns, history_size, "
          + "history_lifetime, created_at"
      ),
    ])
  func wrong(line: String, fault: String) {
    #expect(faults(of: line) == ["/c.toml:4:1: chatbots[0].\(fault)"])
  }

  @Test("two chatbots of one id are refused at the second")
  func duplicates() {
    #expect(
      faults(of: "[[chatbots]]\nmodel = \"n\"\nid = \"a\"") == [
        "/c.toml:6:1: chatbots[1].id: \"a\" appears twice; allowed: a value that no other table has"
      ])
  }

  @Test("an id that was accepted is compared whatever else is wrong with its chatbot")
  func duplicatesAmongFaults() {
    let temperature = "temperature: 9.0 is not allowed; allowed: 0 to 2"
    let twice = "id: \"a\" appears twice; allowed: a value that no other table has"
    let source = "environment NOMYO_PROXY_CHATBOTS: chatbots"
    func found(_ json: String) -> [String] {
      SettingsTests.faults(environment: ["NOMYO_PROXY_CHATBOTS": json])
    }
    #expect(
      found(#"[{"id":"a","model":"m","temperature":9},{"id":"a","model":"m"}]"#) == [
        "\(source)[0].\(temperature)", "\(source)[1].\(twice)",
      ])
    #expect(
      found(#"[{"id":"a","model":"m"},{"id":"a","model":"m","temperature":9}]"#) == [
        "\(source)[1].\(temperature)", "\(source)[1].\(twice)",
      ])
    // What is no id, or none at all, is a fault of its own and like nothing else.
    let notTaken = found(#"[{"id":"a b","model":"m"},{"id":"a b","model":"m"},{"model":"m"},{"model":"m"}]"#)
    #expect(notTaken.count == 4)
    #expect(notTaken.allSatisfy { !$0.contains("twice") })
  }

  @Test("every wrong element of a list is named, at its place")
  func elements() {
    let text = "text with something in it, without NUL"
    #expect(
      faults(of: "stop = [\n  \"\",\n  5,\n  \"x\",\n  \"x\",\n]") == [
        "/c.toml:4:1: chatbots[0].stop[0]: the text is empty; allowed: \(text)",
        "/c.toml:4:1: chatbots[0].stop[1]: expected a string, found integer 5; allowed: \(text)",
        "/c.toml:4:1: chatbots[0].stop[3]: \"x\" appears twice; "
          + "allowed: a value that the list does not have yet",
      ])
    #expect(
      faults(of: "stop = [1, \"b\", \"c\", \"d\", \"e\"]") == [
        "/c.toml:4:1: chatbots[0].stop: the list has 5 items; allowed: a list of at most 4: \(text)",
        "/c.toml:4:1: chatbots[0].stop[0]: expected a string, found integer 1; allowed: \(text)",
      ])
  }

  @Test(
    "an id that would have to be escaped in a path is refused",
    arguments: ["", "a/b", "..", "ä", "a%20b", "a?", String(repeating: "x", count: 65)])
  func ids(id: String) {
    #expect(SettingsTests.faults("[[chatbots]]\nid = \"\(id)\"\nmodel = \"m\"").count == 1)
  }

  @Test(
    "what is no list of tables is refused",
    arguments: [
      (
        "chatbots = 5",
        "1:1: chatbots: expected a list of tables, found integer 5; allowed: tables [[chatbots]] of id, "
      ),
      ("[chatbots]\nid = \"a\"", "1:2: chatbots: expected a list of tables, found a table; allowed: tables"),
      ("chatbots = [1]", "1:1: chatbots[0]: expected a table, found integer 1; allowed: a table"),
    ])
  func shapes(toml: String, fault: String) {
    let found = SettingsTests.faults(toml)
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("/c.toml:\(fault)") == true, "\(found)")
  }

  @Test(
    "a variable that is no JSON, or other JSON, is one fault",
    arguments: [
      ("[{]", "chatbots: the JSON is"), ("hello", "chatbots: the JSON is"),
      ("{\"id\":\"a\"}", "chatbots: expected a list of tables, found a table"),
      ("[null]", "chatbots[0]: expected a table, found null"),
      ("[{\"id\":\"a\",\"model\":\"m\",\"id\":\"b\"}]", "chatbots: the JSON is"),
      ("[{\"id\":\"a\",\"model\":null}]", "chatbots[0].model: expected a string, found null"),
      (
        "[{\"id\":\"a\",\"model\":\"m\",\"system_prompt\":\"a\\u0000b\"}]",
        "chatbots[0].system_prompt: the text has a NUL"
      ),
      ("[{\"id\":\"a\",\"model\":\"m\",\"system_prompt\":\"\\ud800\"}]", "chatbots: the JSON has a text"),
      (
        "[{\"id\":\"a\",\"model\":\"m\",\"max_tokens\":99999999999999999999}]",
        "chatbots[0].max_tokens: expected an integer"
      ),
      (
        "[{\"id\":\"a\",\"model\":\"m\",\"temperature\":1e999}]",
        "chatbots[0].temperature: inf is not allowed"
      ),
    ])
  func json(text: String, fault: String) {
    let found = SettingsTests.faults(environment: ["NOMYO_PROXY_CHATBOTS": text])
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("environment NOMYO_PROXY_CHATBOTS: \(fault)") == true, "\(found)")
  }
}
