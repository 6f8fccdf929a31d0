import Dialects
import Telemetry
import Upstream

extension ExchangeReport {
  /// The exchange as it is counted, once it is over.
  func counted(
    _ result: Result<ChatAnswer, FailedExchange>, total: Duration
  ) -> Metrics.FinishedExchange {
    let kind: Metrics.ExchangeResult =
      switch result {
      case .success: .answered
      case .failure(let failed): failed.failure.kind
      }
    return Metrics.FinishedExchange(
      result: kind, total: total,
      phases: [.queue: timing.queue, .seal: timing.seal, .router: timing.router, .open: timing.open],
      retries: retries)
  }
}

extension ExchangeFailure {
  /// The class in which an operator counts it.
  fileprivate var kind: Metrics.ExchangeResult {
    switch self {
    case .transport(.tooLarge(limit: _)), .transport(.protocolFault): .integrity
    case .keyUntrusted, .keyRefused, .integrity, .answer: .integrity
    case .transport(.crowded(limit: _)): .noRoom
    case .unsent, .transport, .keyUnavailable(.transport): .unreachable
    case .held, .keyUnavailable(.held), .deadlinePassed: .held
    case .keyUnavailable(.status), .status, .unknownModel: .routerError
    case .notReady, .keyShortage: .keyShortage
    case .tooLarge: .requestError
    case .cancelled: .callerGone
    case .local: .internalError
    }
  }
}
