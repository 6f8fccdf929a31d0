import Platform
import Testing
import Tokens

/// The file of tokens: what is read, what is refused and how it is said.
@Suite struct TokenListTests {
  /// Of the texts `one` and `two`, as sha256sum(1) has them.
  private static let one = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
  private static let two = "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"

  private func list(_ text: String) throws(TokenListFaults) -> TokenList {
    try TokenList(parsing: Array(text.utf8))
  }

  /// `LINE: problem` for each fault.
  private func faults(_ text: String) -> [String] {
    do throws(TokenListFaults) {
      _ = try list(text)
      return []
    } catch { return error.faults.map { "\($0.line): \($0)" } }
  }

  @Test func `names and hashes are read, comments and empty lines are not`() throws {
    let text = """
      # Who may call.

      laptop:\(Self.one)
        ci.runner@2 : \(Self.two.uppercased())  # since May
      """
    let list = try list(text)
    #expect(list.names == ["laptop", "ci.runner@2"])
    #expect(list.name(of: "one".utf8) == "laptop")
    #expect(list.name(of: "two".utf8) == "ci.runner@2")
  }

  @Test(arguments: ["", "\n\n", "# nothing\n", "\r\n"])
  func `a file without a token lets nobody in, and is no fault`(text: String) throws {
    let list = try list(text)
    #expect(list.isEmpty)
    #expect(list.name(of: "".utf8) == nil)
  }

  @Test func `line ends of other systems do no harm`() throws {
    #expect(try list("a:\(Self.one)\r\nb:\(Self.two)\r\n").names == ["a", "b"])
  }

  @Test(arguments: [
    "", "on", "one ", "One", "one\0", "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed",
  ])
  func `what is no token of the file has no name, its hash least of all`(token: String) throws {
    #expect(try list("a:\(Self.one)\nb:\(Self.two)").name(of: token.utf8) == nil)
  }

  @Test(arguments: [
    ("laptop", "there is no colon"), ("laptop \(one)", "there is no colon"), (":\(one)", "the name is not"),
    ("a b:\(one)", "the name is not"), ("ä:\(one)", "the name is not"),
    ("\u{FEFF}a:\(one)", "the name is not"),
    (String(repeating: "a", count: 65) + ":\(one)", "the name is not"),
    ("a:", "what follows the colon"), ("a:\(one)0", "what follows the colon"),
    ("a:\(one.dropLast())", "what follows the colon"), ("a:\(one.dropLast())g", "what follows the colon"),
    ("a:\(one):x", "what follows the colon"), ("a:sha256:\(one)", "what follows the colon"),
    ("a:nomyoproxy_abc", "this is a token"), ("nomyoproxy_abc", "this is a token"),
    ("nomyoproxy_abc:\(one)", "this is a token"),
  ])
  func `a line of another form is refused by its number`(line: String, problem: String) {
    let found = faults("# first\n\n\(line)\nok:\(Self.two)\n")
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("3: \(problem)") == true, "\(found)")
    #expect(!found.joined().contains("nomyoproxy_abc") && !found.joined().contains(Self.one))
  }

  @Test func `names and hashes that come twice are refused with the first line`() {
    #expect(
      faults("a:\(Self.one)\na:\(Self.two)\nb:\(Self.one)") == [
        "2: the name a stands on line 1 already", "3: the same hash stands on line 1 already",
      ])
  }

  @Test func `everything that is wrong is told at once`() {
    #expect(faults("x\ny\nok:\(Self.one)\nz:1").count == 3)
  }

  @Test func `there is an end to how many there may be`() {
    let lines = (0...TokenList.entryLimit).map { number in
      let digits = String(number, radix: 16)
      return "t\(number):" + String(repeating: "0", count: 64 - digits.count) + digits
    }
    #expect(faults(lines.dropLast().joined(separator: "\n")).isEmpty)
    #expect(
      faults((lines + lines).joined(separator: "\n")) == ["1025: there are more than 1024 tokens"])
  }

  @Test func `a list prints no hash`() throws {
    var text = ""
    let list = try list("a:\(Self.one)")
    dump(list, to: &text)
    #expect("\(list)" == "1 tokens" && !text.contains(Self.one))
  }

  @Test func `a replaced token is told from one that stayed`() throws {
    let (old, new) = (try list("a:\(Self.one)\nb:\(Self.two)"), try list("a:\(Self.one)"))
    #expect(old.hasSame("a", as: new) == true && old.hasSame("b", as: new) == nil)
    #expect(old.hasSame("a", as: try list("a:\(Self.two)")) == false)
  }

  @Test func `a new token is found by its line, and every one is another`() throws {
    var seen: Set<String> = []
    for _ in 1...64 {
      let token = try NewToken()
      let list = try list(token.line(named: "me"))
      let text = token.secret.reveal { $0 }
      #expect(list.name(of: text.utf8) == "me")
      // 43 characters of six bits are what 256 bits need.
      let rest = text.dropFirst(NewToken.prefix.count)
      #expect(text.hasPrefix("nomyoproxy_") && rest.utf8.count == 43)
      #expect(rest.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
      #expect(seen.insert(text).inserted)
      #expect(!"\(token)".contains(rest))
    }
  }
}
