import HTTPTypes

/// How long a caller waits, as far as its request says.
///
/// `x-request-timeout` is a deadline that the caller sets on purpose, for the whole exchange. What the SDKs of OpenAI and
/// Anthropic send along (`x-stainless-timeout` from JavaScript and others, `x-stainless-read-timeout` from Python) is how
/// long they bear silence: a stream just has to show a sign of life in time, and an answer that comes whole has to
/// come in time, unless signs of life begin before.
struct CallerPatience: Equatable, Sendable {
  /// The exchange is over after so long, for this caller.
  var deadline: Duration?
  /// The caller hangs up after so long without a byte.
  var silence: Duration?

  /// Reads the fields; what is no number of seconds counts as not said.
  init(_ fields: HTTPFields) {
    deadline = fields[.requestTimeout].flatMap(Duration.init(secondsText:))
    silence = [HTTPField.Name.stainlessTimeout, .stainlessReadTimeout]
      .compactMap { fields[$0].flatMap(Duration.init(secondsText:)) }.min()
  }

  /// How long an exchange may take.
  func limit(
    isStream: Bool, signsBeginAfter signs: Duration, configured: Duration
  ) -> Duration {
    let whole = isStream ? nil : silence.flatMap { $0 <= signs ? $0 + Self.slack : nil }
    return [deadline, whole, configured].compactMap(\.self).min() ?? configured
  }

  /// When this caller's stream is to show signs of life.
  func hurrying(_ pacing: ReplyPacing) -> ReplyPacing {
    guard let silence else { return pacing }
    let half = max(silence / 2, Self.shortestInterval)
    var pacing = pacing
    pacing.commitAfter = min(pacing.commitAfter, half)
    pacing.keepalive = min(pacing.keepalive, half)
    return pacing
  }

  /// An SDK that says how long it waits hangs up by itself, with the error that its user expects; some say it in whole
  /// seconds, cut off.
  private static let slack = Duration.seconds(1)

  /// No caller makes the proxy write more often.
  private static let shortestInterval = Duration.milliseconds(100)
}

extension Duration {
  /// A number of seconds, whole or with decimals, up to a day; nil for anything else.
  init?(secondsText text: String) {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }),
      let seconds = Double(text), seconds <= 86_400
    else { return nil }
    self = .milliseconds(Int64((seconds * 1000).rounded(.up)))
  }
}
