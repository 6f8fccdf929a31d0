import CPlatform
import Glibc
import Synchronization

/// Bytes that must not outlive their use: a fixed-size buffer that cannot be copied or printed and that wipes
/// itself when it goes.
public struct SecretBytes: ~Copyable, @unchecked Sendable {
  // @unchecked: the buffer has one owner at a time, and only `mutating` access writes to it.
  private let storage: UnsafeMutableRawBufferPointer
  private let isOnPagesOfItsOwn: Bool

  /// Whether new buffers are put on pages of their own that are locked, because the process as a whole is not.
  static let locksPagesOfItsOwn = Atomic(false)

  /// The number of bytes held.
  public var count: Int { storage.count }

  /// A buffer of `count` zero bytes.
  public init(zeroed count: Int) {
    if Self.locksPagesOfItsOwn.load(ordering: .relaxed), let pages = Self.lockedPages(count) {
      (storage, isOnPagesOfItsOwn) = (pages, true)
      return
    }
    storage = .allocate(byteCount: count, alignment: 16)
    storage.initializeMemory(as: UInt8.self, repeating: 0)
    isOnPagesOfItsOwn = false
  }

  /// A buffer that holds a copy of `bytes`.
  ///
  /// The caller's own copy is the caller's to wipe.
  public init(copying bytes: some Collection<UInt8>) {
    self.init(zeroed: bytes.count)
    storage.copyBytes(from: bytes)
  }

  deinit {
    if let base = storage.baseAddress { cplatform_wipe(base, storage.count) }
    if isOnPagesOfItsOwn { munmap(storage.baseAddress, storage.count) } else { storage.deallocate() }
  }

  /// Whole pages, so that unlocking one secret never unlocks its neighbour; nil when they cannot be locked.
  ///
  /// A mapping, a lock and an unmapping cost microseconds; the secrets are few and live as long as an exchange.
  private static func lockedPages(_ count: Int) -> UnsafeMutableRawBufferPointer? {
    guard count > 0, let pages = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      pages != MAP_FAILED
    else { return nil }
    guard mlock(pages, count) == 0 else {
      munmap(pages, count)
      return nil
    }
    return UnsafeMutableRawBufferPointer(start: pages, count: count)
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
