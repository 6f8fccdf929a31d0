import Testing

@testable import Dialects

@Suite struct ModelListTests {
  private func models(_ entries: String) -> [Model]? {
    Model.list(fromRouter: Array(#"{"data":[\#(entries)]}"#.utf8))
  }

  @Test(arguments: [
    #"a\nb"#, #"\u0000"#, #"a\u001b[2J"#, #"\u007f"#, #"a\u0085b"#, #"\u009b"#, #"a\u2028b"#, #"a\u2029b"#,
    String(repeating: "m", count: 257), String(repeating: "\u{E9}", count: 129), "",
  ])
  func `a model whose name nobody could ask for is left out`(id: String) {
    #expect(models(#"{"id":"\#(id)"},{"id":"good"}"#)?.map(\.id) == ["good"])
  }

  @Test(arguments: [
    String(repeating: "m", count: 256), "Qwen/Qwen3-0.6B", "\u{FC}ber modell:20b", #"a\\b\"c"#,
  ])
  func `any other name is listed`(id: String) {
    #expect(models(#"{"id":"\#(id)"}"#)?.count == 1)
  }

  @Test(arguments: [
    ("0", 0), ("1700000000", 1_700_000_000), ("253402300799", 253_402_300_799), ("253402300800", 0),
    ("-1", 0), ("9223372036854775807", 0), ("99999999999999999999", 0), ("1.5", 0), (#""x""#, 0),
  ])
  func `when a model was made is a moment, or not known`(created: String, expected: Int) {
    #expect(models(#"{"id":"m","created":\#(created)}"#)?.map(\.created) == [expected])
  }

  @Test(arguments: [(8192, true), (8193, false)])
  func `a list of more models than anybody offers is none`(count: Int, isTaken: Bool) {
    let entries = (0..<count).map { "{\"id\":\"m\($0)\"},{\"id\":\"m\($0)\"},{}" }.joined(separator: ",")
    #expect(models(entries)?.count == (isTaken ? count : nil))
  }

  @Test func `an owner of kilobytes is not kept`() {
    let owner = String(repeating: "o", count: 257)
    #expect(
      models(#"{"id":"a","owned_by":"\#(owner)"},{"id":"b","owned_by":"us"}"#)?.map(\.owner) == [
        "nomyo", "us",
      ])
  }
}
