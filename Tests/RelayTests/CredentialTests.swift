import HTTPTypes
import Platform
import Testing

@testable import Relay

@Suite struct CredentialTests {
  private func header(_ fields: HTTPFields) -> String? {
    guard let credential = Credential(from: fields) else { return nil }
    var sent: HTTPFields = [:]
    credential.authorize(&sent)
    return sent[.authorization]
  }

  @Test(arguments: [
    (HTTPField.Name.authorization, "Bearer sk-1", "Bearer sk-1"),
    (.authorization, "bearer sk-1", "Bearer sk-1"),
    (.authorization, "BEARER   sk-1", "Bearer sk-1"),
    (.anthropicKey, "sk-1", "Bearer sk-1"),
    (.azureKey, "sk-1", "Bearer sk-1"),
  ])
  func `a key is found wherever clients put it`(name: HTTPField.Name, value: String, sent: String) {
    #expect(header([name: value]) == sent)
  }

  @Test(
    arguments: [
      [:], [.authorization: ""], [.authorization: "Bearer"], [.authorization: "Bearer "],
      [.authorization: "Basic dXNlcjpwdw=="], [.anthropicKey: ""], [.azureKey: ""],
      [.authorization: "Bearer ", .anthropicKey: "", .azureKey: ""],
    ] as [HTTPFields])
  func `nothing is not a key`(fields: HTTPFields) {
    #expect(Credential(from: fields) == nil)
  }

  @Test func `Authorization goes before the others, and an empty one does not hide them`() {
    #expect(
      header([.authorization: "Bearer a", .anthropicKey: "b", .azureKey: "c"]) == "Bearer a")
    #expect(header([.authorization: "Bearer ", .anthropicKey: "b", .azureKey: "c"]) == "Bearer b")
    #expect(header([.authorization: "Basic x", .azureKey: "c"]) == "Bearer c")
  }

  @Test func `two holders of one key are the same, and neither shows it`() {
    let one = Credential(Secret("sk-marker"))
    #expect(one == Credential(from: [.azureKey: "sk-marker"]))
    #expect(one != Credential(Secret("sk-other")))
    #expect(!"\(one)".contains("sk-marker"))
    #expect(!String(reflecting: one).contains("sk-marker"))
  }
}
