import Dialects
import Upstream

/// What the exchanges for one caller end with, and what they leave for header and log.
struct ExchangeEnding: Sendable {
  let result: Result<ChatAnswer, FailedExchange>
  let report: ExchangeReport
}

extension Exchange {
  /// Runs the exchange and says how it went.
  func ending() async -> ExchangeEnding {
    var exchange = self
    let result: Result<ChatAnswer, FailedExchange>
    do throws(FailedExchange) { result = .success(try await exchange.run()) } catch {
      result = .failure(error)
    }
    return ExchangeEnding(result: result, report: exchange.report)
  }
}

/// The exchanges for one request that asks several things at once, joined into one answer.
struct ExchangeBatch: Sendable {
  /// So many of them run at once: each holds its prompt and its answer in memory.
  static let width = 4

  private let exchanges: [Exchange]

  /// The work of these exchanges; of a single one without what it takes to join several.
  static func work(of exchanges: [Exchange]) -> @Sendable () async -> ExchangeEnding {
    if exchanges.count == 1 { return exchanges[0].ending }
    return ExchangeBatch(exchanges: exchanges).ending
  }

  /// Runs all of them and joins their answers in their order; the first that fails ends the others.
  private func ending() async -> ExchangeEnding {
    await withTaskGroup(of: (Int, ExchangeEnding).self) { group in
      var waiting = Array(exchanges.enumerated())[...]
      func start() {
        guard let (index, exchange) = waiting.popFirst() else { return }
        group.addTask { (index, await exchange.ending()) }
      }
      for _ in 0..<Self.width { start() }
      var answers = [ChatAnswer?](repeating: nil, count: exchanges.count)
      var reports: [ExchangeReport] = []
      // Together they are one answer, which may have no more bytes than any other.
      let limit = exchanges[0].context.router.responseLimit
      var room = limit
      for await (index, ending) in group {
        reports.append(ending.report)
        let result = ending.result.flatMap { answer in
          room -= answer.byteCount
          return room >= 0 ? .success(answer) : .failure(Self.tooLarge(limit))
        }
        switch result {
        case .success(let answer): answers[index] = answer
        case .failure:
          group.cancelAll()
          return ExchangeEnding(result: result, report: .joined(reports))
        }
        start()
      }
      return ExchangeEnding(result: Self.joined(answers.compactMap { $0 }), report: .joined(reports))
    }
  }

  private static func tooLarge(_ limit: Int) -> FailedExchange {
    FailedExchange(failure: .transport(.tooLarge(limit: limit)), wasTriedAgain: false)
  }

  private static func joined(_ answers: [ChatAnswer]) -> Result<ChatAnswer, FailedExchange> {
    do throws(APIFault) { return .success(try ChatAnswer.merging(answers)) } catch {
      return .failure(FailedExchange(failure: .answer(error), wasTriedAgain: false))
    }
  }
}
