/// All samples of one metric.
///
/// Names, helps and label names are `StaticString`: what a caller or the router sends can become none of them.
public struct MetricFamily: Sendable {
  /// How the samples are to be read.
  public enum Kind: String, Sendable {
    /// Only grows, until the process ends.
    case counter
    /// Goes up and down.
    case gauge
    /// Counts observations by their size.
    case histogram
  }

  /// One number and what tells it from the others of its family.
  public struct Sample: Sendable, Equatable {
    /// One label; its value is escaped when it is written.
    public struct Label: Sendable, Equatable {
      /// The label's name.
      public let name: String
      /// The label's value: one of a small set, and never what a caller wrote.
      public let value: String

      /// A label of these parts.
      public init(_ name: StaticString, _ value: String) {
        self.name = name.description
        self.value = value
      }
    }

    /// What stands behind the family's name, such as `_bucket`.
    let suffix: String
    /// In the order in which they are written.
    public let labels: [Label]
    /// The number.
    public let value: Double

    /// A sample under the family's own name.
    public init(_ value: Double, _ labels: Label...) { self.init(suffix: "", labels, value) }

    init(suffix: String, _ labels: [Label], _ value: Double) {
      self.suffix = suffix
      self.labels = labels
      self.value = value
    }
  }

  /// The name with its unit and without `_total`.
  public let name: String
  /// How the samples are to be read.
  public let kind: Kind
  /// `seconds`, `bytes` or none; the last part of the name.
  public let unit: String
  /// One sentence for people.
  public let help: String
  /// The numbers.
  public var samples: [Sample]

  /// A family of these parts.
  ///
  /// - Parameter unit: the name ends in `_` and this word, as OpenMetrics demands.
  public init(
    _ name: StaticString, _ kind: Kind, unit: StaticString = "", help: StaticString, _ samples: [Sample]
  ) {
    self.name = name.description
    self.kind = kind
    self.unit = unit.description
    self.help = help.description
    self.samples = samples
  }

  /// A family of one number.
  public init(
    _ name: StaticString, _ kind: Kind, unit: StaticString = "", help: StaticString, value: Double
  ) {
    self.init(name, kind, unit: unit, help: help, [Sample(value)])
  }
}
