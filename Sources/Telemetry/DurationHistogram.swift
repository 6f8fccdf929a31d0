/// Durations counted by their size.
public struct DurationHistogram: Sendable, Equatable {
  /// The upper bounds of the classes in seconds, each including its bound; a last class takes what is above all.
  ///
  /// From the millisecond that sealing takes to the fifteen minutes after which `router.response_timeout` ends an
  /// exchange.
  public static let bounds: [Double] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900,
  ]

  private var counts = [Int](repeating: 0, count: bounds.count + 1)
  private var sum = 0.0

  /// How many durations were counted.
  public var count: Int { counts.reduce(0, +) }

  /// An empty histogram.
  public init() {}

  /// Counts one duration; a negative one, which no clock should give, counts as none at all.
  public mutating func observe(_ duration: Duration) {
    let seconds = max(0, duration / .seconds(1))
    counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
    sum += seconds
  }

  /// The samples of this histogram under labels that tell it from others of its family.
  func samples(_ labels: [MetricFamily.Sample.Label] = []) -> [MetricFamily.Sample] {
    var samples: [MetricFamily.Sample] = []
    var below = 0
    for (count, bound) in zip(counts, Self.bounds + [.infinity]) {
      below += count
      // OpenMetrics wants bounds as floats: `1.0`, not `1`.
      let text = bound.isFinite ? bound.description : "+Inf"
      samples.append(
        MetricFamily.Sample(suffix: "_bucket", labels + [.init("le", text)], Double(below)))
    }
    samples.append(MetricFamily.Sample(suffix: "_sum", labels, sum))
    samples.append(MetricFamily.Sample(suffix: "_count", labels, Double(below)))
    return samples
  }
}
