/// Counts as the strictest router would that keeps to its published limits, by brute force.
///
/// Nobody knows where the router's seconds begin, so every beginning is tried. Moments are milliseconds.
struct RouterCount {
  let perSecond: Int
  let burst: Int
  var windowSeconds = 10

  /// What is wrong with the moments at which requests were sent; empty when nothing is.
  func faults(in sent: [Int]) -> [String] {
    var faults: [String] = []
    for phase in Set(sent.map { $0 % 1000 }).sorted() {
      var counts: [Int: Int] = [:]
      for moment in sent { counts[(moment + 1000 - phase) / 1000, default: 0] += 1 }
      let busy = counts.filter { $0.value > perSecond }.keys.sorted()
      for second in busy where (counts[second] ?? 0) > burst {
        faults.append("\(counts[second] ?? 0) requests in second \(second) + \(phase) ms")
      }
      for (one, next) in zip(busy, busy.dropFirst()) where next - one < windowSeconds {
        faults.append("bursts in seconds \(one) and \(next) + \(phase) ms")
      }
    }
    if highest(in: sent, within: 1000) > burst { faults.append("too many in a sliding second") }
    let most = windowSeconds * perSecond + burst - perSecond
    if highest(in: sent, within: windowSeconds * 1000) > most {
      faults.append("too many in a sliding window")
    }
    return faults
  }

  /// The most moments in any stretch of so many milliseconds, its end not included.
  func highest(in sent: [Int], within length: Int) -> Int {
    let sorted = sent.sorted()
    var first = 0
    var highest = 0
    for (index, moment) in sorted.enumerated() {
      while sorted[first] <= moment - length { first += 1 }
      highest = max(highest, index - first + 1)
    }
    return highest
  }
}
