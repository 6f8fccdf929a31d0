import JSONText

extension RequestMembers {
  /// A string as the raw content between its quotes, for texts that are only passed on.
  func content(_ name: String) throws(APIFault) -> ArraySlice<UInt8>? {
    guard let value = self[name] else { return nil }
    guard let content = value.stringContent else { throw wrongType(name, "a string") }
    return content
  }

  /// A string that must be there and is passed on without being decoded.
  func requiredContent(_ name: String) throws(APIFault) -> ArraySlice<UInt8> {
    guard let content = try content(name) else { throw missing(name, "a string") }
    return content
  }
}
