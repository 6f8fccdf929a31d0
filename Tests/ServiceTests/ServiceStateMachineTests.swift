import Service
import Testing

/// What systemd is told, word for word, over time.
@Suite struct ServiceStateMachineTests {
  private typealias Sight = ServiceStateMachine.Sight

  private var machine = ServiceStateMachine()

  private mutating func saw(_ status: String, ready: Bool = false, at seconds: Double) -> String? {
    machine.saw(Sight(isReady: ready, status: status), at: .seconds(seconds))?.text
  }

  private mutating func started() { _ = saw("Ready", ready: true, at: 0) }

  @Test
  mutating func `before it is ready it says what it waits for, and asks for more time every ten seconds`() {
    #expect(saw("Waiting: a", at: 0) == "STATUS=Waiting: a\nEXTEND_TIMEOUT_USEC=30000000")
    #expect(saw("Waiting: a", at: 1) == nil)
    #expect(saw("Waiting: b", at: 2) == nil, "texts follow each other no faster than every three seconds")
    #expect(saw("Waiting: b", at: 3) == "STATUS=Waiting: b")
    #expect(saw("Waiting: b", at: 9.9) == nil)
    #expect(saw("Waiting: b", at: 10) == "EXTEND_TIMEOUT_USEC=30000000")
    #expect(saw("Waiting: c", at: 20) == "STATUS=Waiting: c\nEXTEND_TIMEOUT_USEC=30000000")
    #expect(saw("Ready", ready: true, at: 20.1) == "READY=1\nSTATUS=Ready")
    #expect(saw("Ready", ready: true, at: 60) == nil)
  }

  @Test mutating func `ready is said once, and what is missing later is a status`() {
    started()
    #expect(saw("Waiting: a", at: 1) == nil)
    #expect(saw("Waiting: a", at: 3) == "STATUS=Waiting: a")
    #expect(saw("Ready", ready: true, at: 6) == "STATUS=Ready")
    #expect(saw("Waiting: b", at: 100) == "STATUS=Waiting: b")
  }

  @Test
  mutating func `a text that changes all the time is told every three seconds, and the last one is not lost`()
  {
    started()
    var told: [String] = []
    for tenth in 1...100 {
      if let text = saw("\(min(tenth, 95)) in flight", ready: true, at: Double(tenth) / 10) {
        told.append(text)
      }
    }
    #expect(told == ["STATUS=30 in flight", "STATUS=60 in flight", "STATUS=90 in flight"])
    #expect(saw("95 in flight", ready: true, at: 12) == "STATUS=95 in flight")
  }

  @Test
  mutating func `a reload is told before and after, with the time by which systemd tells one from another`() {
    started()
    #expect(
      machine.reloadBegan(monotonic: 123_456)?.text
        == "RELOADING=1\nMONOTONIC_USEC=123456\nSTATUS=Reading the configuration anew")
    #expect(saw("Ready, and different", ready: true, at: 1) == nil)
    #expect(machine.reloadBegan(monotonic: 5) == nil, "one at a time")
    #expect(machine.reloadEnded(at: .seconds(2))?.text == "READY=1\nSTATUS=Ready, and different")
    #expect(machine.reloadEnded(at: .seconds(3)) == nil)
  }

  @Test mutating func `a reload before it is ready does not make it ready`() {
    _ = saw("Waiting", at: 0)
    #expect(machine.reloadBegan(monotonic: 1) == nil)
    #expect(machine.reloadEnded(at: .zero) == nil)
    #expect(!machine.hasStarted)
  }

  @Test mutating func `the end asks for as long as it may take, and nothing after it says ready`() {
    started()
    _ = machine.reloadBegan(monotonic: 1)
    #expect(
      machine.stopping("Draining: 2 in flight", within: .seconds(130), at: .seconds(1))?.text
        == "STOPPING=1\nSTATUS=Draining: 2 in flight\nEXTEND_TIMEOUT_USEC=130000000")
    #expect(machine.reloadEnded(at: .seconds(2)) == nil)
    #expect(machine.reloadBegan(monotonic: 2) == nil)
    #expect(machine.stopping("again", within: .seconds(1), at: .seconds(2)) == nil)
    #expect(saw("Draining: 1 in flight", ready: true, at: 2) == nil)
    #expect(saw("Draining: 1 in flight", ready: true, at: 4) == "STATUS=Draining: 1 in flight")
  }

  @Test
  mutating func
    `whatever happens in whatever order, ready never follows stopping and comes once for each wish`()
  {
    var random = SystemRandomNumberGenerator()
    for _ in 1...2000 {
      var (machine, texts, wishes) = (ServiceStateMachine(), [String](), 0)
      for second in 0..<30 {
        let now = Duration.seconds(second)
        let notification: ServiceNotification?
        switch UInt8.random(in: 0..<8, using: &random) {
        case 0:
          notification = machine.reloadBegan(monotonic: second)
          if notification != nil { wishes += 1 }
        case 1: notification = machine.reloadEnded(at: now)
        case 2 where second > 15: notification = machine.stopping("end", within: .zero, at: now)
        case let number:
          notification = machine.saw(Sight(isReady: number > 4, status: "\(second)"), at: now)
        }
        if let text = notification?.text { texts.append(text) }
      }
      let stop = texts.firstIndex { $0.hasPrefix("STOPPING") } ?? texts.endIndex
      #expect(!texts[stop...].contains { $0.contains("READY=1") || $0.contains("RELOADING") })
      #expect(texts.filter { $0.hasPrefix("READY") }.count <= wishes + 1)
    }
  }

  @Test mutating func `no text of a status becomes another assignment`() {
    let text = saw("no key: \"x\nREADY=1\r\nSTOPPING=1\u{2028}WATCHDOG=1\"", at: 0)
    #expect(
      text?.split(separator: "\n").map(String.init) == [
        "STATUS=no key: \"x READY=1  STOPPING=1 WATCHDOG=1\"", "EXTEND_TIMEOUT_USEC=30000000",
      ])
    started()
    #expect((saw(String(repeating: "x", count: 100_000), at: 100) ?? "").utf8.count < 500)
  }
}
