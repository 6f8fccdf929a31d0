import Testing
import Upstream

/// A client for the tests: clear text allowed, and no time-out that a test could wait for.
func client(_ change: (inout UpstreamOptions) -> Void = { _ in }) throws -> Upstream {
  var options = UpstreamOptions(
    connectTimeout: .seconds(600), responseTimeout: .seconds(600), allowHTTP: true, userAgent: "test/1")
  change(&options)
  return try Upstream(options)
}

func post(_ url: String, _ body: [UInt8]) -> UpstreamRequest {
  UpstreamRequest(method: .post, url: url, body: body)
}

extension Upstream {
  /// The error that a request ends in; recorded as an issue if it does not.
  func failure(_ request: UpstreamRequest, _ location: SourceLocation = #_sourceLocation) async
    -> UpstreamError?
  {
    do {
      let answer = try await send(request)
      Issue.record("answered with status \(answer.status)", sourceLocation: location)
      return nil
    } catch {
      return error
    }
  }
}

extension UpstreamResponse {
  var text: String { String(decoding: body, as: UTF8.self) }
}
