import Glibc

/// What has to hold of every input.
func require(_ condition: Bool, _ message: @autoclosure () -> String) {
  // A trap is how libFuzzer learns of a fault.
  if !condition { fatalError(message()) }
}

/// Judges one input, and that it took less than a second.
///
/// libFuzzer's own limit is of time on the wall, which a busy machine uses up by itself; this one is of the thread's
/// computing. It leaves to libFuzzer what does not come back at all.
func judge(_ start: UnsafePointer<UInt8>?, _ count: Int, by body: ([UInt8]) -> Void) -> CInt {
  let began = threadTime()
  body(Array(UnsafeBufferPointer(start: start, count: count)))
  let seconds = threadTime() - began
  require(seconds < 1, "took \(seconds) s of computing")
  return 0
}

private func threadTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
