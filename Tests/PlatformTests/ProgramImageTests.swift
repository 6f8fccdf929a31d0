import Foundation
import Platform
import Testing

/// Alone in its process-wide effect, so not beside tests that measure memory.
@Suite(.serialized) struct ProgramImageTests {
  @Test func `giving pages back lowers resident file memory and leaves the program whole`() throws {
    // Touch much of the program first.
    let parsed = try JSONSerialization.jsonObject(with: Data(#"{"a":[1,2.5,"x"]}"#.utf8)) as? [String: Any]
    #expect(parsed != nil)
    let before = try residentFileKilobytes()
    ProgramImage.releaseStartupPages()
    let after = try residentFileKilobytes()
    #expect(after < before)
    let again = try JSONSerialization.jsonObject(with: Data(#"{"a":[1,2.5,"x"]}"#.utf8)) as? [String: Any]
    #expect((again?["a"] as? [Any])?.count == 3)
  }

  private func residentFileKilobytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssFile:") })
    return try #require(Int(line.filter(\.isNumber)))
  }
}
