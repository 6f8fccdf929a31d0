import Testing

@testable import Listener

/// Random events against a model that is simple enough to be believed.
@Suite struct ConnectionMachineWalkTests {
  /// What is known about a connection from outside: which halves of the exchange are under way, and whether
  /// anything forbids another.
  private struct Model {
    enum Body { case none, arriving, arrived }
    enum Answer { case none, due, begun, ended }

    var body = Body.none
    var answer = Answer.none
    /// Whether the answer is the responder's to write.
    var isResponders = false
    var mayGoOn = true
    var isDraining = false
    var isOver = false

    var isIdle: Bool { body == .none && answer == .none && !isOver }

    /// Both halves of the exchange have ended, or the one whose end is the connection's.
    mutating func settle() {
      guard answer == .ended, body == .arrived || !mayGoOn else { return }
      if mayGoOn { (body, answer) = (.none, .none) } else { isOver = true }
    }
  }

  private enum Event: CaseIterable {
    case head, refusedHead, bodyEnd, answerBegin, answerEnd, responderReturn, inputEnd, fault, drain,
      drainEnd, waitEnd
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `whatever happens, the machine and the model agree`(_ seed: UInt64) {
    var random = SplitMix(seed: seed)
    for _ in 0..<250 {
      var (machine, model) = (ConnectionMachine(), Model())
      var transcript: [String] = []
      for _ in 0..<40 where !model.isOver {
        guard let event = Event.allCases.randomElement(using: &random) else { return }
        let keepsAlive = random.next() % 4 != 0
        guard Self.canHappen(event, model) else { continue }
        transcript.append("\(event)")
        Self.apply(event, keepsAlive: keepsAlive, &machine, &model)
        let agrees = Self.agree(machine, model)
        #expect(agrees, "\(transcript), now \(machine.phase), \(model)")
        guard agrees else { return }
      }
    }
  }

  /// What the connection lets happen: it offers parts only when they are taken.
  private static func canHappen(_ event: Event, _ model: Model) -> Bool {
    switch event {
    case .head, .refusedHead: model.body == .none && model.answer == .none
    case .bodyEnd: model.body == .arriving
    case .answerBegin: model.answer == .due
    case .answerEnd: model.answer == .begun
    case .responderReturn: model.isResponders && model.body == .arrived && model.answer != .ended
    case .inputEnd, .drain, .drainEnd, .waitEnd: true
    // A part that is wrong is not looked at before the answer to the one before is out.
    case .fault: model.body != .arrived
    }
  }

  private static func apply(
    _ event: Event, keepsAlive: Bool, _ machine: inout ConnectionMachine, _ model: inout Model
  ) {
    switch event {
    case .head:
      machine.requestAdmitted(keepsAlive: keepsAlive)
      (model.body, model.isResponders) = (.arriving, true)
      model.mayGoOn = model.mayGoOn && keepsAlive
    case .refusedHead:
      machine.requestRefused(keepsAlive: keepsAlive)
      (model.body, model.answer, model.isResponders) = (.arriving, .due, false)
      model.mayGoOn = model.mayGoOn && keepsAlive
    case .bodyEnd:
      _ = machine.bodyEnded()
      model.body = .arrived
      if model.isResponders { model.answer = .due }
      model.settle()
    case .answerBegin:
      // What was promised before a drain is kept.
      model.mayGoOn = model.mayGoOn && !model.isDraining
      #expect(machine.answerBegins() == model.mayGoOn)
      model.answer = .begun
    case .answerEnd:
      _ = machine.answerEnded()
      model.answer = .ended
      model.settle()
    case .responderReturn:
      switch machine.responderReturned() {
      case .answer: (model.isResponders, model.mayGoOn) = (false, false)
      case .cut: model.isOver = true
      case .nothing: Issue.record("a responder that owes an answer left unnoticed")
      }
    case .inputEnd: inputEnds(&machine, &model)
    case .fault:
      let isAnswered = model.answer == .ended
      let wasDue = model.answer == .due || model.answer == .begun
      let fault = machine.faulted()
      #expect((fault == .answer) == !(isAnswered || wasDue))
      (model.body, model.mayGoOn, model.isResponders) = (.arrived, false, false)
      if !isAnswered, !wasDue { model.answer = .due }
      model.settle()
    case .drain:
      let isBodyAwaited = model.body == .arriving && (model.answer == .none || model.answer == .ended)
      let begin = machine.drainBegan()
      #expect((begin == .request) == (model.isIdle && !model.isDraining))
      #expect((begin == .body) == (isBodyAwaited && !model.isDraining))
      model.isDraining = true
    case .drainEnd: drainEnds(&machine, &model)
    case .waitEnd:
      model.isOver = model.isIdle
      #expect((machine.waitEnded() == .linger) == model.isOver)
    }
  }

  private static func drainEnds(_ machine: inout ConnectionMachine, _ model: inout Model) {
    model.isDraining = true
    switch machine.drainEnded() {
    case .cancel: #expect(model.isResponders && model.body == .arrived)
    case .refuse:
      #expect(model.isResponders && model.body == .arriving)
      // The connection takes it for a fault.
      #expect(machine.faulted() == .answer)
      (model.body, model.answer, model.mayGoOn, model.isResponders) = (.arrived, .due, false, false)
    case .close:
      #expect(model.isIdle)
      model.isOver = true
    case .linger:
      #expect(model.answer == .ended)
      model.isOver = true
    case .nothing: #expect(!model.isResponders && !model.isIdle)
    }
    model.mayGoOn = false
  }

  private static func inputEnds(_ machine: inout ConnectionMachine, _ model: inout Model) {
    let isAnswerDue = model.answer == .due || model.answer == .begun
    switch machine.inputEnded() {
    case .cancel: #expect(model.isResponders && model.body == .arrived)
    case .close: model.isOver = true
    case .nothing: break
    }
    #expect(model.isOver == !isAnswerDue)
    model.mayGoOn = false
  }

  private static func agree(_ machine: ConnectionMachine, _ model: Model) -> Bool {
    switch machine.phase {
    case .idle: model.body == .none && model.answer == .none && !model.isOver
    case .receiving: model.body == .arriving && model.answer == .none
    case .responding(let begun):
      model.body == .arrived && model.isResponders
        && (model.answer == (begun ? .begun : .due) || model.isOver)
    case .refusing(_, let answered): !model.isOver && (model.answer == .ended) == answered
    case .lingering, .closed: model.isOver
    }
  }
}

/// A small generator with a seed (Steele, Lea and Flood 2014), so that a failure can be had again.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
