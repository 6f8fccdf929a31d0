import Testing

@testable import Listener

/// The life of one connection, as transcripts.
@Suite struct ConnectionMachineTests {
  private static func admitted(keepsAlive: Bool = true) -> ConnectionMachine {
    var machine = ConnectionMachine()
    machine.requestAdmitted(keepsAlive: keepsAlive)
    return machine
  }

  private static func responding(keepsAlive: Bool = true) -> ConnectionMachine {
    var machine = admitted(keepsAlive: keepsAlive)
    _ = machine.bodyEnded()
    return machine
  }

  private static func answering(keepsAlive: Bool = true) -> ConnectionMachine {
    var machine = responding(keepsAlive: keepsAlive)
    _ = machine.answerBegins()
    return machine
  }

  // MARK: Exchanges

  @Test func `a request is received, answered and followed by another`() {
    var machine = ConnectionMachine()
    for _ in 0..<3 {
      #expect(machine.phase == .idle && machine.takesParts)
      machine.requestAdmitted(keepsAlive: true)
      #expect(machine.phase == .receiving && machine.takesParts)
      #expect(machine.bodyEnded() == .respond)
      #expect(machine.phase == .responding(begun: false) && !machine.takesParts)
      #expect(machine.answerBegins() == true)
      #expect(machine.isAnswering)
      #expect(machine.answerEnded() == .serve)
      #expect(machine.responderReturned() == .nothing)
    }
  }

  @Test func `the last answer says so, and then what still comes is thrown away`() {
    var machine = Self.responding(keepsAlive: false)
    #expect(machine.answerBegins() == false)
    #expect(machine.answerEnded() == .linger)
    #expect(machine.phase == .lingering && machine.takesParts)
    #expect(machine.inputEnded() == .close)
  }

  @Test func `an answer whose end is the connection's is the last`() {
    var machine = Self.responding()
    #expect(machine.answerBegins() == true)
    machine.answerEndsConnection()
    #expect(machine.answerEnded() == .linger)
  }

  @Test func `a second answer is turned away`() {
    var machine = Self.answering()
    #expect(machine.answerBegins() == nil)
    _ = machine.answerEnded()
    #expect(machine.answerBegins() == nil)
    #expect(!machine.isAnswering)
  }

  @Test func `a request may be admitted as the last although the one before was not`() {
    var machine = Self.answering()
    _ = machine.answerEnded()
    machine.requestAdmitted(keepsAlive: false)
    _ = machine.bodyEnded()
    #expect(machine.answerBegins() == false)
  }

  // MARK: Refusals

  @Test func `a refusal that is out before the body waits for the body`() {
    var machine = ConnectionMachine()
    machine.requestRefused(keepsAlive: true)
    #expect(machine.takesParts)
    #expect(machine.answerBegins() == true)
    #expect(machine.answerEnded() == .wait)
    #expect(machine.takesParts)
    #expect(machine.bodyEnded() == .next(.serve))
    #expect(machine.phase == .idle)
  }

  @Test func `a refusal that is out after the body does not`() {
    var machine = ConnectionMachine()
    machine.requestRefused(keepsAlive: true)
    #expect(machine.answerBegins() == true)
    #expect(machine.bodyEnded() == .next(.wait))
    #expect(!machine.takesParts)
    #expect(machine.answerEnded() == .serve)
  }

  @Test func `a refusal before a body that nobody wants ends the connection`() {
    var machine = ConnectionMachine()
    machine.requestRefused(keepsAlive: false)
    #expect(machine.answerBegins() == false)
    #expect(machine.answerEnded() == .linger)
    #expect(machine.bodyEnded() == .next(.wait))
  }

  // MARK: Faults

  @Test func `a fault between requests and in a body is answered, and the answer is the last`() {
    for var machine in [ConnectionMachine(), Self.admitted()] {
      #expect(machine.faulted() == .answer)
      #expect(!machine.takesParts)
      #expect(machine.answerBegins() == false)
      #expect(machine.answerEnded() == .linger)
    }
  }

  @Test func `a fault behind a refusal ends the connection when the refusal is out`() {
    var machine = ConnectionMachine()
    machine.requestRefused(keepsAlive: true)
    #expect(machine.answerBegins() == true)
    #expect(machine.faulted() == .next(.wait))
    #expect(machine.answerEnded() == .linger)
  }

  @Test func `a fault in a body whose refusal is out ends the connection`() {
    var machine = ConnectionMachine()
    machine.requestRefused(keepsAlive: true)
    _ = machine.answerBegins()
    _ = machine.answerEnded()
    #expect(machine.faulted() == .next(.linger))
  }

  // MARK: Callers that leave

  @Test func `a caller that ends its half between requests or in a body is gone`() {
    for var machine in [ConnectionMachine(), Self.admitted()] {
      #expect(machine.inputEnded() == .close)
      #expect(machine.phase == .closed)
    }
  }

  @Test func `a caller that ends its half while it waits is assumed gone, and answered all the same`() {
    var machine = Self.responding()
    #expect(machine.inputEnded() == .cancel)
    #expect(machine.answerBegins() == false)
    #expect(machine.answerEnded() == .close)
  }

  @Test func `no answer is made up for a caller that has ended its half`() {
    var machine = Self.responding()
    _ = machine.inputEnded()
    #expect(machine.responderReturned() == .cut)
  }

  @Test func `a refusal still goes to a caller that has ended its half`() {
    var machine = ConnectionMachine()
    machine.requestRefused(keepsAlive: true)
    #expect(machine.inputEnded() == .nothing)
    #expect(machine.answerBegins() == false)
    #expect(machine.answerEnded() == .close)
  }

  @Test func `a lost connection is the responder's business only while it responds`() {
    var responding = Self.answering()
    #expect(responding.connectionClosed() == true)
    #expect(responding.connectionClosed() == false)
    for var machine in [ConnectionMachine(), Self.admitted()] { #expect(machine.connectionClosed() == false) }
  }

  @Test func `nothing is written to a lost connection`() {
    var machine = Self.responding()
    _ = machine.connectionClosed()
    #expect(machine.answerBegins() == nil)
    #expect(!machine.isAnswering)
    #expect(machine.responderReturned() == .nothing)
    #expect(machine.answerEnded() == .wait)
  }

  // MARK: Responders that leave

  @Test func `a responder that leaves without an answer has one written for it`() {
    var machine = Self.responding()
    #expect(machine.responderReturned() == .answer)
    #expect(machine.answerBegins() == false)
    #expect(machine.answerEnded() == .linger)
  }

  @Test func `a responder that leaves half an answer has it cut`() {
    var machine = Self.answering()
    #expect(machine.responderReturned() == .cut)
  }

  // MARK: Waiting in vain

  @Test func `a connection whose next request does not come is ended, and what then comes is thrown away`() {
    var machine = ConnectionMachine()
    #expect(machine.waitEnded() == .linger)
    #expect(machine.phase == .lingering && machine.takesParts)
    #expect(machine.answerBegins() == nil)
    #expect(machine.inputEnded() == .close)
  }

  @Test func `only a connection between requests waits for one`() {
    for var machine in [Self.admitted(), Self.responding(), Self.answering()] {
      let phase = machine.phase
      #expect(machine.waitEnded() == .wait)
      #expect(machine.phase == phase)
    }
  }

  // MARK: Drains

  @Test func `a request that reaches an idle connection in a drain is answered, and the answer is the last`()
  {
    var machine = ConnectionMachine()
    #expect(machine.drainBegan() == .request)
    #expect(machine.phase == .idle && machine.takesParts)
    machine.requestAdmitted(keepsAlive: true)
    #expect(machine.bodyEnded() == .respond)
    #expect(machine.answerBegins() == false)
    #expect(machine.answerEnded() == .linger)
  }

  @Test func `a drain begins once`() {
    var machine = ConnectionMachine()
    #expect(machine.drainBegan() == .request)
    #expect(machine.drainBegan() == .nothing)
  }

  @Test
  func `a drain waits for the rest of a body, one that nobody wants too, but not before its answer is out`() {
    var wanted = Self.admitted()
    #expect(wanted.drainBegan() == .body)
    #expect(wanted.drainBegan() == .nothing)
    var unwanted = ConnectionMachine()
    unwanted.requestRefused(keepsAlive: true)
    var answered = unwanted
    #expect(unwanted.drainBegan() == .nothing)
    #expect(answered.answerBegins() == true)
    #expect(answered.answerEnded() == .wait)
    #expect(answered.drainBegan() == .body)
    // It has come to nothing.
    #expect(answered.faulted() == .next(.linger))
  }

  @Test func `a drain lets what is under way end, and its answer is the last`() {
    var machine = Self.admitted()
    #expect(machine.drainBegan() == .body)
    #expect(machine.bodyEnded() == .respond)
    #expect(machine.answerBegins() == false)
    #expect(machine.answerEnded() == .linger)
  }

  @Test func `a request that an answer has promised to take is taken in a drain, and no other`() {
    var machine = Self.answering()
    #expect(machine.drainBegan() == .nothing)
    #expect(machine.answerEnded() == .serve)
    #expect(machine.phase == .idle)
    machine.requestAdmitted(keepsAlive: true)
    _ = machine.bodyEnded()
    #expect(machine.answerBegins() == false)
    #expect(machine.answerEnded() == .linger)
  }

  @Test func `the end of a drain cancels who responds`() {
    var machine = Self.responding()
    #expect(machine.drainEnded() == .cancel)
    #expect(machine.responderReturned() == .answer)
    #expect(machine.answerBegins() == false)
    #expect(machine.answerEnded() == .linger)
  }

  @Test func `after the end of a drain nothing is begun, whatever was promised`() {
    var machine = Self.answering()
    #expect(machine.drainBegan() == .nothing)
    #expect(machine.drainEnded() == .cancel)
    #expect(machine.answerEnded() == .linger)
    var refused = ConnectionMachine()
    refused.requestRefused(keepsAlive: true)
    #expect(refused.answerBegins() == true)
    #expect(refused.answerEnded() == .wait)
    #expect(refused.drainEnded() == .linger)
    #expect(refused.phase == .lingering)
  }

  @Test func `the end of a drain refuses a request that is not all there`() {
    var machine = Self.admitted()
    #expect(machine.drainEnded() == .refuse)
    #expect(machine.faulted() == .answer)
    #expect(machine.answerBegins() == false)
    #expect(machine.answerEnded() == .linger)
  }

  @Test func `the end of a drain closes an idle connection and leaves a last word its time`() {
    var idle = ConnectionMachine()
    #expect(idle.drainEnded() == .close)
    #expect(idle.phase == .closed)
    var refusing = ConnectionMachine()
    refusing.requestRefused(keepsAlive: true)
    #expect(refusing.drainEnded() == .nothing)
    #expect(refusing.answerBegins() == false)
    var lingering = ConnectionMachine()
    _ = lingering.waitEnded()
    #expect(lingering.drainEnded() == .nothing)
    #expect(lingering.phase == .lingering)
  }
}
