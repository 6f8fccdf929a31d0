import NIOCore
import NIOEmbedded

@testable import Listener

/// An event loop whose clock the test moves, and what rang on it.
final class ManualLoop {
  private let loop = EmbeddedEventLoop()
  private(set) var rung: [Alarm.Purpose] = []

  func alarm() -> Alarm {
    Alarm(on: loop) { [weak self] in self?.rung.append($0) }
  }

  func wait(_ amount: TimeAmount) {
    loop.advanceTime(by: amount)
  }
}
