import HTTPTypes

/// What the admin listener offers.
enum AdminRoute: String, CaseIterable {
  case status = "/status"
  case metrics = "/metrics"
  case rotate = "/rotate"
  case reload = "/reload"
  case acceptRouterKey = "/trust/accept"

  /// The methods that the route answers.
  var methods: [HTTPRequest.Method] {
    switch self {
    case .status, .metrics: [.get, .head]
    case .rotate, .reload, .acceptRouterKey: [.post]
    }
  }

  /// `GET /status, GET /metrics, …`, for the answer to a wrong path.
  static var list: String {
    allCases.map { "\($0.methods.first?.rawValue ?? "") \($0.rawValue)" }.joined(separator: ", ")
  }
}
