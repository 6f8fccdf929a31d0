import Dialects
import Testing

@testable import Relay

@Suite struct InflatedBodiesTests {
  @Test func `what is taken is given back with its share`() throws {
    let bodies = InflatedBodies()
    var first: InflatedBodies.Share? = try bodies.take(60, of: 100)
    let second = try bodies.take(40, of: 100)
    #expect(throws: APIFault.self) { try bodies.take(1, of: 100) }
    #expect(first != nil)
    first = nil
    _ = try bodies.take(60, of: 100)
    withExtendedLifetime(second) {}
  }

  @Test func `what is refused says for how long and which limit`() throws {
    let bodies = InflatedBodies()
    do {
      _ = try bodies.take(11, of: 10)
      Issue.record("taken")
    } catch {
      #expect(error.status == 503 && error.code == "too_many_bodies" && error.retryAfter != nil)
      #expect(error.message.contains("limits.bodies"))
    }
  }

  @Test func `a limit that a reload lowered below what is taken refuses and does not trap`() throws {
    let bodies = InflatedBodies()
    let share = try bodies.take(1 << 40, of: .max)
    #expect(throws: APIFault.self) { try bodies.take(1, of: 10) }
    withExtendedLifetime(share) {}
  }
}
