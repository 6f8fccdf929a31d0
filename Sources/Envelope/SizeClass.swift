/// The sizes that sealed requests come in, so that an observer learns the class of a prompt's length and not the length
/// (PROTOCOL.md section 7, row 7).
///
/// 2 KiB is the smallest; above it each power of two is divided into eight steps, so a step is at most an eighth of the
/// size below it. The protocol's limit of 10 MiB is itself a class, so padding never carries a request over it.
public enum SizeClass {
  /// What a prompt is at least filled up to, in bytes.
  public static let smallest = 2048

  private static let stepsInPowerOfTwo = 8

  /// The number of bytes to fill a plaintext of `count` bytes up to.
  ///
  /// A plaintext over the protocol's limit keeps its size: it will be refused anyway.
  public static func byteCount(for count: Int) -> Int {
    guard count > smallest else { return smallest }
    guard count <= Wire.requestPlaintextLimit else { return count }
    let lowerPower = 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    let step = lowerPower / stepsInPowerOfTwo
    return (count + step - 1) / step * step
  }

  /// A JSON text filled up with spaces, which every reader of JSON skips (RFC 8259 section 2).
  public static func padded(_ plaintext: [UInt8]) -> [UInt8] {
    let target = byteCount(for: plaintext.count)
    // Large prompts are copied once, into exactly the room that they need.
    return [UInt8](unsafeUninitializedCapacity: target) { room, count in
      let text = room[..<plaintext.count].initialize(fromContentsOf: plaintext)
      room[text...].initialize(repeating: UInt8(ascii: " "))
      count = target
    }
  }
}
