/// Spans and moments of time as people say them.
enum SpanOfTime {
  /// `45 s`, `12 min`, `2 h 5 min`, `3 d 4 h`: two units at most.
  static func text(seconds: Int) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400)
    switch seconds {
    case ..<120: return "\(max(0, seconds)) s"
    case ..<7200: return "\(minutes) min"
    case ..<172_800: return pair("\(hours) h", minutes % 60, "min")
    default: return pair("\(days) d", hours % 24, "h")
    }
  }

  private static func pair(_ large: String, _ small: Int, _ unit: String) -> String {
    small == 0 ? large : "\(large) \(small) \(unit)"
  }
}
