import Platform
import TestTwins
import Testing

@testable import Relay

@Suite(.timeLimit(.minutes(1))) struct SingleFlightTests {
  private let flights = SingleFlight<String, Int>()
  private let begun = Watched(0)
  private let cancelled = Watched(0)
  private let gate = Watched<Int?>(nil)

  /// Waits until the test lets it end, or it is cancelled.
  private func work() async throws(ExchangeFailure) -> Int {
    begun.update { $0 += 1 }
    await gate.until { $0 != nil }
    if Task.isCancelled {
      cancelled.update { $0 += 1 }
      throw .cancelled
    }
    return gate.value ?? 0
  }

  private func ask(_ key: String = "key") -> Task<Result<Int, ExchangeFailure>, Never> {
    Task {
      do throws(ExchangeFailure) {
        return .success(
          try await flights.value(for: key) { () async throws(ExchangeFailure) in try await work() })
      } catch { return .failure(error) }
    }
  }

  private func untilPassengers(_ count: Int, _ key: String = "key") async {
    while flights.passengers(for: key) != count { await Task.yield() }
  }

  @Test func `those who ask at the same time get one answer`() async throws {
    let askers = (0..<20).map { _ in ask() }
    await untilPassengers(20)
    gate.update { $0 = 7 }
    for asker in askers { #expect(try await asker.value.get() == 7) }
    #expect(begun.value == 1)
  }

  @Test func `another question is another flight, and so is a later one`() async throws {
    gate.update { $0 = 1 }
    for key in ["a", "b", "a"] { #expect(try await ask(key).value.get() == 1) }
    #expect(begun.value == 3)
  }

  @Test func `who goes away takes nobody along`() async throws {
    let (first, second) = (ask(), ask())
    await untilPassengers(2)
    first.cancel()
    guard case .failure(.cancelled) = await first.value else {
      Issue.record("not given up")
      return
    }
    #expect(cancelled.value == 0)
    gate.update { $0 = 3 }
    #expect(try await second.value.get() == 3)
  }

  @Test func `when everybody has gone the work is cancelled, and whoever comes then begins anew`()
    async throws
  {
    let askers = [ask(), ask()]
    await untilPassengers(2)
    for asker in askers { asker.cancel() }
    for asker in askers { _ = await asker.value }
    await cancelled.until { $0 == 1 }
    gate.update { $0 = 4 }
    #expect(try await ask().value.get() == 4)
    #expect(begun.value == 2)
  }

  @Test func `a failure is everybody's`() async {
    let flights = SingleFlight<String, Int>()
    for _ in 0..<2 {
      await #expect(throws: ExchangeFailure.self) {
        _ = try await flights.value(for: "key") { () async throws(ExchangeFailure) -> Int in throw .notReady }
      }
    }
  }
}
