import Glibc
import Platform
import Testing

/// What `SecureMemory` does to free(3) and realloc(3), which holds for the whole process from the first test on.
@Suite(.disabled(if: heapIsASanitizers, "sanitizers have a heap of their own"))
struct FreedMemoryTests {
  private static let content: UInt8 = 0x53

  init() throws {
    let report = try SecureMemory.apply(.auto)
    try #require(report.fillsFreedMemory)
  }

  /// Below the size that goes back to the system at once; each kind of list that glibc keeps free blocks in.
  static let sizes = [24, 100, 1_000, 1_500, 5_000, 60_000]

  @Test(arguments: sizes) func `a freed block holds nothing of what it held`(size: Int) throws {
    try expectNothingLeft(of: try #require(malloc(size)), size) { free($0) }
    try expectNothingLeft(of: try #require(calloc(1, size)), size) { free($0) }
    try expectNothingLeft(of: try #require(aligned_alloc(64, (size + 63) / 64 * 64)), size) { free($0) }
    var aligned: UnsafeMutableRawPointer?
    try #require(posix_memalign(&aligned, 4096, size) == 0)
    try expectNothingLeft(of: try #require(aligned), size) { free($0) }
  }

  @Test(arguments: sizes) func `what Swift gives back holds nothing either`(size: Int) throws {
    try expectNothingLeft(of: .allocate(byteCount: size, alignment: 16), size) { $0.deallocate() }
    try expectNothingLeft(of: .allocate(byteCount: size, alignment: 64), size) { $0.deallocate() }
  }

  @Test(arguments: sizes) func `a block that has moved leaves no copy behind`(size: Int) throws {
    var moved: UnsafeMutableRawPointer?
    try expectNothingLeft(of: try #require(malloc(size)), size) { moved = realloc($0, size * 4) }
    let kept = try #require(moved)
    #expect(UnsafeRawBufferPointer(start: kept, count: size).allSatisfy { $0 == Self.content })
    try expectNothingLeft(of: kept, size) { moved = realloc($0, 16) }
    try expectNothingLeft(of: try #require(moved), 16) { _ = realloc($0, 0) }
  }

  @Test func `blocks keep their contents through any sequence of sizes`() {
    var block: UnsafeMutableRawPointer?
    var kept: [UInt8] = []
    for size in [1, 7, 24, 25, 400, 401, 90, 3, 5_000, 70_000, 300_000, 299_999, 1_000, 1 << 18, 12] {
      block = realloc(block, size)
      let bytes = UnsafeMutableRawBufferPointer(start: block, count: size)
      #expect(Array(bytes.prefix(kept.count)) == Array(kept.prefix(size)))
      for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: index &* 31 &+ size) }
      kept = Array(bytes)
    }
    free(block)
  }

  @Test func `a block that grows by a little at a time is not copied each time`() {
    var block: UnsafeMutableRawPointer?
    var moves = 0
    for step in 1...10_000 {
      let before = block
      block = realloc(block, step * 64)
      if block != before { moves += 1 }
    }
    free(block)
    #expect(moves < 100)
  }

  @Test func `freeing and moving nothing is allowed`() {
    free(nil)
    let made = realloc(nil, 10)
    #expect(made != nil)
    free(made)
  }

  /// Fills a block, has it given up and looks at where it was; it stays mapped, because its neighbour is in use.
  private func expectNothingLeft(
    of block: UnsafeMutableRawPointer, _ size: Int, _ giveUp: (UnsafeMutableRawPointer) -> Void
  ) throws {
    memset(block, Int32(Self.content), size)
    let neighbour = try #require(malloc(16))
    defer { free(neighbour) }
    let place = UInt(bitPattern: block)
    giveUp(block)
    let former = UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: place), count: size)
    let left = former.count { $0 == Self.content }
    // Whoever gets the block next may write the same into a little of it.
    #expect(left < max(8, size / 4), "\(left) of \(size) bytes are left")
  }
}

private let heapIsASanitizers = dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil
