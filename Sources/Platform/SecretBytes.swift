import CPlatform

/// Bytes that must not outlive their use: a fixed-size buffer that cannot be copied or printed and that wipes
/// itself when it goes.
public struct SecretBytes: ~Copyable, @unchecked Sendable {
  // @unchecked: the buffer has one owner at a time, and only `mutating` access writes to it.
  private let storage: UnsafeMutableRawBufferPointer

  /// The number of bytes held.
  public var count: Int { storage.count }

  /// A buffer of `count` zero bytes.
  public init(zeroed count: Int) {
    storage = .allocate(byteCount: count, alignment: 16)
    storage.initializeMemory(as: UInt8.self, repeating: 0)
  }

  /// A buffer that holds a copy of `bytes`.
  ///
  /// The caller's own copy is the caller's to wipe.
  public init(copying bytes: some Collection<UInt8>) {
    storage = .allocate(byteCount: bytes.count, alignment: 16)
    storage.copyBytes(from: bytes)
  }

  deinit {
    if let base = storage.baseAddress { cplatform_wipe(base, storage.count) }
    storage.deallocate()
  }

  /// Lends the bytes for reading; the pointer ends with `body`.
  public borrowing func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(storage))
  }

  /// Lends the bytes for writing; the pointer ends with `body`.
  public mutating func withMutableBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(storage)
  }
}
