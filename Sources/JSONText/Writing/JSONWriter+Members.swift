extension JSONWriter {
  /// Writes a member that is a string.
  public mutating func member(_ name: String, _ value: String) {
    self.name(name)
    string(value)
  }

  /// Writes a member that is an integer.
  public mutating func member(_ name: String, _ value: Int) {
    self.name(name)
    integer(value)
  }

  /// Writes a member that is `true` or `false`.
  public mutating func member(_ name: String, _ value: Bool) {
    self.name(name)
    bool(value)
  }

  /// Writes a member that is taken from a document, on one line.
  public mutating func member(_ name: String, _ value: JSONValue) {
    self.name(name)
    self.value(value)
  }
}
