import Envelope
import HTTPTypes

/// Header names that HTTPTypes does not know.
extension HTTPField.Name {
  static let payloadID = HTTPField.Name(constant: Wire.payloadIDHeader)
  static let publicKey = HTTPField.Name(constant: Wire.publicKeyHeader)
  static let securityTier = HTTPField.Name(constant: Wire.securityTierHeader)
  /// `Host`, which HTTPTypes hides from everybody who does not speak HTTP/1.1 himself.
  static let hostName = HTTPField.Name(constant: "host")
  /// Where Anthropic's clients put their key.
  static let anthropicKey = HTTPField.Name(constant: "x-api-key")
  /// Where Azure's clients put their key.
  static let azureKey = HTTPField.Name(constant: "api-key")
  /// Sent by all of Anthropic's clients.
  static let anthropicVersion = HTTPField.Name(constant: "anthropic-version")
  /// Where Anthropic's clients look for the name of a request.
  static let anthropicRequestID = HTTPField.Name(constant: "request-id")
  /// The members of the request that were left out because the router refuses them.
  static let leftOut = HTTPField.Name(constant: "x-nomyo-left-out")
  /// Says that a count of tokens is an estimate.
  static let tokenCount = HTTPField.Name(constant: "x-token-count")
  /// Which version of its API OpenAI answers with.
  static let openAIVersion = HTTPField.Name(constant: "openai-version")
  /// How many milliseconds an answer took.
  static let openAIProcessing = HTTPField.Name(constant: "openai-processing-ms")
  static let requestID = HTTPField.Name(constant: "x-request-id")
  /// The caller's own deadline for the whole exchange, in seconds.
  static let requestTimeout = HTTPField.Name(constant: "x-request-timeout")
  /// How long OpenAI's and Anthropic's SDKs wait, in seconds.
  static let stainlessTimeout = HTTPField.Name(constant: "x-stainless-timeout")
  /// The same in their SDKs for Python.
  static let stainlessReadTimeout = HTTPField.Name(constant: "x-stainless-read-timeout")
  static let serverTiming = HTTPField.Name(constant: "server-timing")
  /// Tells OpenAI's and Anthropic's SDKs whether to try again, whatever the status.
  static let shouldRetry = HTTPField.Name(constant: "x-should-retry")
  static let retryAfterMilliseconds = HTTPField.Name(constant: "retry-after-ms")
  /// Keeps reverse proxies from holding events back.
  static let accelBuffering = HTTPField.Name(constant: "x-accel-buffering")
  /// The router's name for the model, where the caller used an alias.
  static let routerModel = HTTPField.Name(constant: "x-nomyo-model")

  private init(constant name: String) {
    guard let valid = HTTPField.Name(name) else { preconditionFailure("not a header name: \(name)") }
    self = valid
  }
}
