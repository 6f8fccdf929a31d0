/// The text that a metrics collector reads.
public enum MetricText {
  /// The two forms in use.
  public enum Format: Sendable, CaseIterable {
    /// Prometheus' own text format, version 0.0.4.
    case prometheus
    /// OpenMetrics 1.0.0, which Prometheus asks for first.
    case openMetrics

    /// The form for a value of `Accept`; collectors name OpenMetrics when they read it.
    public init(accept: String?) {
      self =
        accept?.lowercased().contains("application/openmetrics-text") == true ? .openMetrics : .prometheus
    }

    /// The media type of the text.
    public var contentType: String {
      switch self {
      case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
      case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
      }
    }
  }

  /// Writes families in their order.
  public static func text(_ families: [MetricFamily], as format: Format) -> [UInt8] {
    var text = ""
    for family in families where !family.samples.isEmpty { write(family, as: format, to: &text) }
    if format == .openMetrics { text += "# EOF\n" }
    return Array(text.utf8)
  }

  private static func write(_ family: MetricFamily, as format: Format, to text: inout String) {
    // A counter's samples are called `_total`; in the older form the family is, too.
    let total = family.kind == .counter ? "_total" : ""
    let title = family.name + (format == .prometheus ? total : "")
    text += "# HELP \(title) \(escaped(family.help, quotes: format == .openMetrics))\n"
    text += "# TYPE \(title) \(family.kind.rawValue)\n"
    if format == .openMetrics, !family.unit.isEmpty { text += "# UNIT \(title) \(family.unit)\n" }
    for sample in family.samples {
      text += family.name + total + sample.suffix
      if !sample.labels.isEmpty {
        let labels = sample.labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }
        text += "{\(labels.joined(separator: ","))}"
      }
      text += " \(number(sample.value))\n"
    }
  }

  /// Backslashes and line ends, and in label values quotes, are what would end a text early.
  private static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    // By scalars: CR LF is one character, and would pass as neither.
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Whole numbers without a fraction; infinity as both formats spell it.
  static func number(_ value: Double) -> String {
    if value == .infinity { return "+Inf" }
    if value == -.infinity { return "-Inf" }
    if value.isNaN { return "NaN" }
    // Every integer up to 2^53 is a Double, and its Int the same number.
    return value.magnitude <= 9_007_199_254_740_992 && value == value.rounded()
      ? String(Int(value)) : value.description
  }
}
