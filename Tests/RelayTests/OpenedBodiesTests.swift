import Dialects
import Testing

@testable import Relay

@Suite struct OpenedBodiesTests {
  @Test func `what is taken is given back with its share`() throws {
    let bodies = OpenedBodies()
    var first: OpenedBodies.Share? = bodies.share(for: nil)
    try first?.take(60, of: 100)
    let second = bodies.share(for: nil)
    try second.take(40, of: 100)
    let third = bodies.share(for: nil)
    #expect(throws: APIFault.self) { try third.take(1, of: 100) }
    first = nil
    try third.take(60, of: 100)
    withExtendedLifetime(second) {}
  }

  @Test func `a request that is alone is taken whatever its size, and what it becomes as well`() throws {
    let bodies = OpenedBodies()
    let alone = bodies.share(for: "a")
    try alone.take(11, of: 10)
    try alone.take(100, of: 10)
    #expect(throws: APIFault.self) { try bodies.share(for: "b").take(1, of: 10) }
  }

  @Test func `one token leaves an eighth to others`() throws {
    let bodies = OpenedBodies()
    let (first, second, other) = (bodies.share(for: "a"), bodies.share(for: "a"), bodies.share(for: "b"))
    try first.take(80, of: 100)
    #expect(throws: APIFault.self) { try second.take(9, of: 100) }
    try second.take(8, of: 100)
    try other.take(12, of: 100)
    withExtendedLifetime(first) {}
  }

  @Test func `what is refused says for how long and which limit`() throws {
    let bodies = OpenedBodies()
    let first = bodies.share(for: nil)
    try first.take(1, of: 10)
    do {
      try bodies.share(for: nil).take(10, of: 10)
      Issue.record("taken")
    } catch {
      #expect(error.status == 503 && error.code == "too_many_bodies" && error.retryAfter != nil)
      #expect(error.message.contains("limits.bodies"))
    }
    withExtendedLifetime(first) {}
  }

  @Test func `a limit that a reload lowered below what is taken refuses and does not trap`() throws {
    let bodies = OpenedBodies()
    let first = bodies.share(for: "a")
    try first.take(1 << 40, of: .max)
    #expect(throws: APIFault.self) { try bodies.share(for: nil).take(1, of: 10) }
    withExtendedLifetime(first) {}
  }
}
