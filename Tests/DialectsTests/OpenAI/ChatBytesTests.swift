import Testing

@testable import Dialects

/// Requests made at random, in any spelling, of what no router fails on.
private struct PlainRequest {
  private var random: SplitMix
  var text = ""

  init(seed: UInt64) {
    random = SplitMix(state: seed)
    var members = [("\"model\"", "\"m\""), ("\"messages\"", messages())]
    for (name, values) in Self.members where random.chance(3) { members.append((name, pick(values))) }
    if random.chance(2) { members.append(("\"tools\"", tools())) }
    members.shuffle(using: &random)
    text = space() + object(members) + space()
  }

  private static let members: [(String, [String])] = [
    ("\"temperature\"", ["0", "1.0", "7e-1", "2"]), ("\"top_p\"", ["0.10", "1"]),
    ("\"max_tokens\"", ["1", "4096"]), ("\"stop\"", ["\"a\\n\"", "[]", "[ \"b\", \"\\u0063\" ]"]),
    ("\"seed\"", ["-1", "18446744073709551617"]), ("\"user\"", ["\"u\\/v\""]),
    ("\"n\"", ["1", "3"]), ("\"logit_bias\"", ["{ }", "{\"1\":-1e2}"]),
    ("\"x-\\u00e9\"", ["{\"a\":[null,1.0]}"]),
    ("\"response_format\"", ["{\"type\":\"json_object\"}"]), ("\"top_k\"", ["40"]),
  ]

  private static let texts = [
    "\"\"", "\"q\"", "\"\\u00e9\\/\\ud83d\\ude00\"", "\"\\ud800\"", "\"é\u{2028}👩‍👩‍👧\"", "\"\\\"{}[],:\\\\\"",
    "\"\\u0000\"",
  ]

  private mutating func messages() -> String {
    var list: [String] = []
    if random.chance(2) {
      list.append(object([("\"role\"", "\"system\""), ("\"content\"", pick(Self.texts))]))
    }
    for turn in 0..<Int.random(in: 1...6, using: &random) {
      list.append(object([("\"role\"", "\"user\""), ("\"content\"", userContent())]))
      guard random.chance(2) else { continue }
      let call =
        "{\"id\":\"c\(turn)\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}"
      list.append(
        object([("\"content\"", "null"), ("\"tool_calls\"", "[\(call)]"), ("\"role\"", "\"assistant\"")]))
      list.append(
        object([
          ("\"tool_call_id\"", "\"c\(turn)\""), ("\"role\"", "\"tool\""), ("\"content\"", pick(Self.texts)),
        ]))
    }
    return "[" + space() + list.joined(separator: space() + "," + space()) + space() + "]"
  }

  private mutating func userContent() -> String {
    guard random.chance(3) else { return pick(Self.texts) }
    let image =
      "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image\\/png;base64,iVBORw0KGgoAAAAN\"}}"
    return "[" + object([("\"type\"", "\"text\""), ("\"text\"", pick(Self.texts))]) + space() + "," + image
      + "]"
  }

  private mutating func tools() -> String {
    let function = object([("\"name\"", "\"f\""), ("\"parameters\"", "{\"z\":1.0,\"a\":{\"b\":null}}")])
    return "[" + object([("\"type\"", "\"function\""), ("\"function\"", function)]) + "]"
  }

  private mutating func object(_ members: [(String, String)]) -> String {
    var members = members
    members.shuffle(using: &random)
    let parts = members.map { space() + $0.0 + space() + ":" + space() + $0.1 + space() }
    return "{" + parts.joined(separator: ",") + "}"
  }

  private mutating func pick(_ values: [String]) -> String { values.randomElement(using: &random) ?? "" }

  private mutating func space() -> String { pick(["", "", "", " ", "\n\t", " \r\n"]) }
}

private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func chance(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
}

@Suite struct ChatBytesTests {
  @Test func `a request with nothing to mend is sealed byte for byte`() throws {
    for seed in 0..<2000 as Range<UInt64> {
      let text = PlainRequest(seed: seed).text
      let sealed = try decodeChat(text).sealed
      #expect(sealed == text, "seed \(seed)")
    }
  }

  @Test func `no change of a byte of a request makes the reading trap, and what is sealed is JSON`() throws {
    let body = Array(
      #"{"model":"m","messages":[{"role":"system","content":"a"},{"role":"developer","content":[{"type":"text","text":"b"}]},{"role":"assistant","function_call":{"name":"f","arguments":""}},{"role":"function","name":"f","content":"r"},{"role":"user","content":[{"type":"image_url","image_url":"data:image/gif;base64,R0lGODlhAQAB"}]}],"tools":[{"type":"custom","custom":{"name":"p"}}],"tool_choice":"any"}"#
        .utf8)
    var random = SplitMix(state: 4)
    var read = 0
    for index in body.indices {
      var changed = body
      changed[index] = Array(#"{}[]",:\ an1"#.utf8).randomElement(using: &random) ?? 0
      guard let request = try? OpenAIChat().decode(changed, under: RequestPolicy()) else { continue }
      _ = try parsed(request.sealed)
      read += 1
    }
    #expect(read > 10)
  }

  @Test func `a long conversation is read in time`() throws {
    let words = String(repeating: "lorem ipsum dolor ", count: 110)
    let turns = Array(repeating: #"{"role":"user","content":"\#(words)"}"#, count: 1000).joined(
      separator: ",")
    let body = Array(#"{"model":"m","messages":[\#(turns)]}"#.utf8)
    let clock = ContinuousClock()
    var best = Duration.seconds(1)
    for _ in 0..<5 {
      best = min(best, try clock.measure { _ = try OpenAIChat().decode(body, under: RequestPolicy()) })
    }
    // Two megabytes take 2 ms where the code is optimised; a walk that is not linear would take seconds.
    #expect(best < .milliseconds(500))
  }
}
