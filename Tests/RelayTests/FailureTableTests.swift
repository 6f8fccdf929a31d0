import Dialects
import Envelope
import HTTPTypes
import Listener
import Pacing
import RouterTrust
import Sealing
import Testing
import Upstream

@testable import Relay

/// The table from what went wrong to what the caller is told (PROTOCOL.md sections 5 and 8).
@Suite struct FailureTableTests {
  /// One row: what went wrong, and what a caller sees of it.
  struct Row: CustomTestStringConvertible, Sendable {
    let failure: ExchangeFailure
    let status: Int
    let type: String
    let code: String
    var shouldRetry: Bool?
    var retryAfter: Duration?

    var testDescription: String { failure.logClass }
  }

  static let upstreamRows: [Row] = [
    (.unresolved, 502, "upstream_unreachable"), (.unreachable, 502, "upstream_unreachable"),
    (.disconnected, 502, "upstream_unreachable"),
    (.connectTimedOut, 504, "upstream_timeout"), (.responseTimedOut, 504, "upstream_timeout"),
    (.cancelled, 503, "shutting_down"),
    (.closed, 503, "shutting_down"),
  ].map { (error: UpstreamError, status, code) in
    Row(failure: .transport(error), status: status, type: "server_error", code: code)
  }

  static let rows: [Row] =
    upstreamRows + [
      Row(failure: .transport(.truncated), status: 502, type: "server_error", code: "upstream_unreachable"),
      Row(
        failure: .notReady, status: 503, type: "server_error", code: "not_ready", retryAfter: .seconds(1)),
      Row(
        failure: .tooLarge(bytes: 11, limit: 10), status: 413, type: "invalid_request_error",
        code: "request_too_large"),
      Row(
        failure: .transport(.tooLarge(limit: 9)), status: 502, type: "server_error",
        code: "upstream_integrity",
        shouldRetry: false),
      Row(
        failure: .transport(.crowded(limit: 9)), status: 503, type: "server_error", code: "too_many_answers",
        shouldRetry: false),
      Row(
        failure: .transport(.protocolFault), status: 502, type: "server_error", code: "upstream_integrity",
        shouldRetry: false),
      Row(
        failure: .keyUnavailable(.transport(.unreachable)), status: 502, type: "server_error",
        code: "upstream_unreachable"),
      Row(
        failure: .keyUnavailable(.transport(.responseTimedOut)), status: 504, type: "server_error",
        code: "upstream_timeout"),
      Row(
        failure: .keyUnavailable(.status(404)), status: 502, type: "server_error",
        code: "upstream_key_unavailable"),
      Row(
        failure: .keyRefused(.notRSA), status: 502, type: "server_error", code: "upstream_integrity",
        shouldRetry: false),
      Row(
        failure: .answer(APIFault(status: 502, type: "server_error", code: "upstream_answer", message: "no")),
        status: 502, type: "server_error", code: "upstream_answer"),
      final(.clearText), final(.badURL), final(.tls("expired")),
      Row(failure: .unsent(.unreachable), status: 502, type: "server_error", code: "upstream_unreachable"),
      Row(
        failure: .unsent(.handshake("cut")), status: 502, type: "server_error", code: "upstream_unreachable"),
      Row(failure: .unsent(.connectTimedOut), status: 504, type: "server_error", code: "upstream_timeout"),
      Row(
        failure: .deadlinePassed, status: 504, type: "server_error", code: "deadline_passed",
        retryAfter: .seconds(1)),
      held(.queueFull, 429, "rate_limit_error", "queue_full"),
      held(.waitTooLong, 429, "rate_limit_error", "queue_wait_too_long"),
      held(.paused, 429, "rate_limit_error", "upstream_rate_limit"),
      held(.deadlinePassed, 504, "server_error", "deadline_passed"),
      held(.breaker(.coolDown), 503, "server_error", "upstream_cool_down", shouldRetry: false),
      held(
        .breaker(.unauthorized), 401, "authentication_error", "upstream_authentication", shouldRetry: false),
      held(.breaker(.unreachable), 503, "server_error", "upstream_unreachable"),
      held(.breaker(.unavailable), 503, "server_error", "upstream_unavailable"),
      Row(
        failure: .keyUnavailable(.held(PacingRefusal(.queueFull, retryAfter: .seconds(2)))), status: 429,
        type: "rate_limit_error", code: "queue_full", retryAfter: .seconds(2)),
      Row(failure: .cancelled, status: 503, type: "server_error", code: "shutting_down"),
      Row(failure: .local("secret detail"), status: 500, type: "server_error", code: "internal_error"),
    ]

  private static func final(_ error: UpstreamError) -> Row {
    Row(
      failure: .unsent(error), status: 502, type: "server_error", code: "upstream_unreachable",
      shouldRetry: false)
  }

  private static func held(
    _ reason: PacingRefusal.Reason, _ status: Int, _ type: String, _ code: String, shouldRetry: Bool? = nil
  ) -> Row {
    Row(
      failure: .held(PacingRefusal(reason, retryAfter: .seconds(7))), status: status, type: type, code: code,
      shouldRetry: shouldRetry, retryAfter: .seconds(7))
  }

  @Test(arguments: rows)
  func `every failure has its status, type and code`(row: Row) {
    let fault = FailedExchange(failure: row.failure, wasTriedAgain: false).fault
    #expect(fault.status == row.status)
    #expect(fault.type == row.type)
    #expect(fault.code == row.code)
    #expect(fault.shouldRetry == row.shouldRetry)
    #expect(fault.retryAfter == row.retryAfter)
    #expect(!fault.message.contains("secret detail"))
    #expect(fault.message.hasSuffix(".") || row.code == "upstream_answer")
  }

  @Test(arguments: rows)
  func `after a retry the caller's tool is told not to retry on its own`(row: Row) {
    #expect(FailedExchange(failure: row.failure, wasTriedAgain: true).fault.shouldRetry == false)
  }

  // MARK: Statuses

  @Test(arguments: [
    (400, 400, "invalid_request_error", "upstream_invalid_request"),
    (401, 401, "authentication_error", "upstream_authentication"),
    (403, 403, "permission_error", "upstream_forbidden"),
    (404, 404, "invalid_request_error", "upstream_not_found"),
    (409, 409, "invalid_request_error", "upstream_conflict"),
    (413, 413, "invalid_request_error", "upstream_too_large"),
    (422, 422, "invalid_request_error", "upstream_unprocessable"),
    (429, 429, "rate_limit_error", "upstream_rate_limit"),
    (500, 502, "server_error", "upstream_error"),
    (502, 502, "server_error", "upstream_bad_gateway"),
    (503, 503, "server_error", "upstream_unavailable"),
    (504, 504, "server_error", "upstream_timeout"),
  ])
  func `the protocol's statuses keep their meaning and get a code of their own`(
    router: Int, caller: Int, type: String, code: String
  ) {
    let refusal = RouterRefusal(status: router, detail: nil, retryAfter: .seconds(3))
    let fault = FailedExchange(failure: .status(refusal), wasTriedAgain: false).fault
    #expect((fault.status, fault.type, fault.code) == (caller, type, code))
    #expect(fault.retryAfter == .seconds(3))
    #expect(fault.shouldRetry == nil)
    #expect(!fault.message.contains("The router says"))
  }

  @Test(arguments: [("model 'x' not found", "model_not_found"), ("Not Found", "upstream_not_found")])
  func `a model that the router does not know has the code that clients look for`(
    detail: String, code: String
  ) {
    let refusal = RouterRefusal(status: 404, detail: detail, retryAfter: nil)
    let request = ChatRequest(plaintext: [], model: "mine", routerModel: "lab/x", securityTier: nil)
    let failure = UnknownModel(refusal, of: request).map(ExchangeFailure.unknownModel) ?? .status(refusal)
    let fault = FailedExchange(failure: failure, wasTriedAgain: false).fault
    #expect((fault.status, fault.code) == (404, code))
    #expect(fault.parameter == (code == "model_not_found" ? "model" : nil))
    #expect(fault.message.contains(detail))
    #expect(
      (fault.message.contains("lab/x") && fault.message.contains("mine")) == (code == "model_not_found"))
  }

  @Test func `every other status is a bad gateway that names it`() {
    let known = [400, 401, 403, 404, 409, 413, 422, 429, 500, 502, 503, 504]
    for status in 100...599 where !known.contains(status) {
      let refusal = RouterRefusal(status: status, detail: nil, retryAfter: nil)
      let fault = FailedExchange(failure: .status(refusal), wasTriedAgain: false).fault
      #expect((fault.status, fault.type, fault.code) == (502, "server_error", "upstream_status"))
      #expect(fault.message.contains("status \(status),"))
    }
  }

  @Test func `what the router says is quoted as its words, on one line and cut`() {
    let said = "line one\nline two \u{202E}\u{1B}[31m" + String(repeating: "x", count: 400)
    let refusal = RouterRefusal(status: 400, detail: said, retryAfter: nil)
    let message = FailedExchange(failure: .status(refusal), wasTriedAgain: false).fault.message
    #expect(message.hasPrefix("The router refuses this request. The router says: \"line one line two"))
    #expect(message.hasSuffix("…\""))
    #expect(!message.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{202E}" })
  }

  // MARK: Integrity

  @Test func `all ways in which an envelope can be wrong look the same from outside`() {
    // The tier is said: the caller asked for it, and it is no secret what the router answered.
    let faults = EnvelopeFault.Cause.allCases.filter { $0 != .securityTier }.map {
      FailedExchange(failure: .integrity($0), wasTriedAgain: false).fault
    }
    for fault in faults {
      #expect(fault == faults.first)
      #expect((fault.status, fault.type, fault.code) == (502, "server_error", "upstream_integrity"))
      #expect(fault.shouldRetry == false)
    }
  }

  @Test
  func
    `another tier than the one asked for, a key that is not trusted and a shortage have codes of their own`()
  {
    func fault(_ failure: ExchangeFailure) -> APIFault {
      FailedExchange(failure: failure, wasTriedAgain: false).fault
    }
    let tier = fault(.integrity(.securityTier))
    #expect((tier.status, tier.code, tier.shouldRetry) == (502, "upstream_tier_downgrade", false))
    let refusal = UntrustedRouterKey(
      router: "https://r.test", shown: TestKeys.nextRouter.publicKey.fingerprint,
      trusted: [TestKeys.router.publicKey.fingerprint], mode: .firstUse)
    let untrusted = fault(.keyUntrusted(refusal))
    #expect(
      (untrusted.status, untrusted.code, untrusted.shouldRetry) == (502, "upstream_key_untrusted", false))
    #expect(untrusted.message.contains("\(TestKeys.router.publicKey.fingerprint)"))
    #expect(
      untrusted.message.contains("nomyo-proxy trust accept \(TestKeys.nextRouter.publicKey.fingerprint)"))
    let shortage = fault(.keyShortage)
    #expect((shortage.status, shortage.code) == (503, "client_key_shortage"))
  }

  @Test func `the log names the check that failed`() {
    let classes = EnvelopeFault.Cause.allCases.map { ExchangeFailure.integrity($0).logClass }
    #expect(classes.contains("integrity-auth"))
    #expect(Set(classes).count == EnvelopeFault.Cause.allCases.count)
  }

  @Test func `no integrity failure is tried again`() {
    for cause in EnvelopeFault.Cause.allCases {
      #expect(ExchangeFailure.integrity(cause).asAttemptFailure == .final)
    }
  }

  // MARK: Below HTTP's semantics, and at the door

  @Test(arguments: [
    (ListenerFault.malformed, 400, "malformed_http"),
    (.unsupportedVersion, 505, "unsupported_http_version"),
    (.unsupportedMethod, 501, "unsupported_method"),
    (.unsupportedTransferCoding, 501, "unsupported_transfer_coding"),
    (.unsupportedExpectation, 417, "unsupported_expectation"),
    (.headersTooLarge(limit: 5), 431, "headers_too_large"),
    (.bodyTooLarge(limit: 5), 413, "request_too_large"),
    (.headerTimeout, 408, "header_timeout"), (.bodyTimeout, 408, "body_timeout"),
    (.tooManyConnections(limit: 5), 503, "too_many_connections"),
    (.shuttingDown, 503, "shutting_down"), (.unanswered, 500, "internal_error"),
  ])
  func `listener faults have OpenAI's shape`(fault: ListenerFault, status: Int, code: String) async throws {
    let responder = try await Rig(StubRouter(.hang)).responder()
    let head = RequestHead.of(.post, "/v1/chat/completions")
    let answer = responder.answer(toFault: fault, head: head)
    #expect(answer.status.code == status)
    #expect(answer.fields[.contentType] == "application/json")
    #expect(answer.fields[.requestID] == head.id.description)
    let error = try #require(errorObject(answer.body))
    #expect(error["code"] as? String == code)
    #expect(error["type"] as? String == (status < 500 ? "invalid_request_error" : "server_error"))
    #expect(error["param"] != nil)
    #expect((error["message"] as? String)?.isEmpty == false)
    #expect((answer.fields[.retryAfter] == "1") == (status == 503))
  }

  @Test func `a fault before there was a head is answered too`() async throws {
    let responder = try await Rig(StubRouter(.hang)).responder()
    let answer = responder.answer(toFault: .malformed, head: nil)
    #expect(answer.status == .badRequest)
    #expect(answer.fields[.requestID] == nil)
  }

  @Test func `each refusal at the door has a code of its own`() {
    let faults = AccessRefusal.allCases.map { $0.fault(.of(.get, "/")) }
    #expect(Set(faults.map(\.code)).count == AccessRefusal.allCases.count)
    #expect(faults.allSatisfy { $0.status == 403 && $0.type == "permission_error" })
  }

  // MARK: As an answer

  @Test func `an error answer carries OpenAI's object and the headers that steer retries`() throws {
    let fault = APIFault(
      status: 429, type: "rate_limit_error", code: "c", message: "m \"q\"", parameter: "p",
      retryAfter: .milliseconds(1500), shouldRetry: false)
    let answer = OutboundAnswer.fault(fault, in: OpenAIChat(), adding: [.requestID: "req_1"])
    #expect(answer.status.code == 429)
    #expect(
      answer.fields == [
        .requestID: "req_1", .contentType: "application/json", .retryAfter: "2",
        .retryAfterMilliseconds: "1500",
        .shouldRetry: "false",
      ])
    let error = try #require(errorObject(answer.body) as? [String: String])
    #expect(error == ["message": "m \"q\"", "type": "rate_limit_error", "param": "p", "code": "c"])
  }

  @Test func `an error that says nothing about retries leaves them to the tool`() {
    let fault = APIFault(status: 400, type: "invalid_request_error", code: "c", message: "m")
    let answer = OutboundAnswer.fault(fault, in: OpenAIChat(), adding: [:])
    #expect(answer.fields == [.contentType: "application/json"])
  }
}
