import Logging
import Platform
import Settings

extension Daemon {
  /// What the person who started the daemon should know before anything else.
  func announce() {
    for warning in settings.warnings { logger.warning("configuration", metadata: ["warning": "\(warning)"]) }
    logger.notice(
      "starting",
      metadata: [
        "router": "\(settings.router.url)", "configuration": "\(settings.file ?? "none")",
        "api_key": "\(settings.router.apiKey == nil ? "none" : "set")",
      ])
    // With tokens nobody's own key goes anywhere, which the configuration's warnings say.
    if settings.router.apiKey == nil, settings.access.tokensFile == nil {
      Self.warnOfCallersKeys(logger)
    }
    if let remedy = memory.remedy {
      logger.warning("memory not fully protected", metadata: ["reason": "\(remedy)"])
    }
    if settings.router.url.scheme == .http {
      logger.warning("the way to the router is clear text: prompts are sealed, the API key is not")
    }
  }

  static func warnOfCallersKeys(_ logger: Logger) {
    logger.warning(
      "no API key: each caller's own key goes to the router; set NOMYO_API_KEY or router.api_key_file")
  }
}
