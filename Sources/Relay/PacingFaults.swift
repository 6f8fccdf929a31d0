import Dialects
import Pacing

/// Why a request did not get its turn, as callers are told.
extension PacingRefusal {
  var fault: APIFault {
    switch reason {
    case .queueFull:
      limited(
        "queue_full",
        "As many requests as router.rate.queue allows wait for their turn: NOMYO takes only so many a second for each "
          + "API key. Try again later.")
    case .waitTooLong:
      limited(
        "queue_wait_too_long",
        "The turn of this request would come later than router.rate.max_wait allows: NOMYO takes only so many a second "
          + "for each API key. Try again later.")
    case .paused:
      limited(
        "upstream_rate_limit", "The router asked for a pause that is longer than this request may wait.")
    case .deadlinePassed:
      APIFault(
        status: 504, type: "server_error", code: "deadline_passed",
        message:
          "The caller's own time (x-request-timeout, or the time-out of its SDK) is over before the turn of this request "
          + "comes, or before there is a key. Allow it more time, or send fewer at once.",
        retryAfter: retryAfter)
    case .breaker(let cause):
      cause.fault(retryAfter)
    case .cancelled:
      .shuttingDown
    }
  }

  private func limited(_ code: String, _ message: String) -> APIFault {
    APIFault(
      status: 429, type: "rate_limit_error", code: code, message: message, retryAfter: retryAfter)
  }
}

extension BreakerCause {
  fileprivate func fault(_ retryAfter: Duration) -> APIFault {
    switch self {
    case .coolDown:
      var fault = APIFault(
        status: 503, type: "server_error", code: "upstream_cool_down",
        message:
          "The router answers as it does when it has excluded an API key for a while (a cool-down), so nothing is sent "
          + "under this one until that is over. Wait; every further request could make it longer.",
        retryAfter: retryAfter)
      fault.shouldRetry = false
      return fault
    case .unauthorized:
      var fault = APIFault(
        status: 401, type: "authentication_error", code: "upstream_authentication",
        message:
          "The router refused this API key, or the lack of one, a moment ago, so it is not asked again for some seconds. "
          + "Check the daemon's (NOMYO_API_KEY or router.api_key_file) or, where it has none, the one that the request "
          + "brings.", retryAfter: retryAfter)
      fault.shouldRetry = false
      return fault
    case .unreachable:
      return APIFault(
        status: 503, type: "server_error", code: "upstream_unreachable",
        message:
          "The router cannot be reached, and has not been for a while; it is tried for again and again. Check the network "
          + "and router.url; nomyo-proxy doctor finds out more.", retryAfter: retryAfter)
    case .unavailable:
      return APIFault(
        status: 503, type: "server_error", code: "upstream_unavailable",
        message: "The router is unavailable, and nothing is sent until it had some time. Try again later.",
        retryAfter: retryAfter)
    }
  }
}
