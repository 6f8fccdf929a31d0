import HTTPTypes
import Testing

@testable import Upstream

/// Transcripts: what libcurl reports, what the machine answers.
@Suite struct TransferMachineTests {
  private func machine(post body: Int = 10, limit: Int = 1000) -> TransferMachine {
    TransferMachine(
      UpstreamRequest(
        method: .post, url: "https://x/", body: [UInt8](repeating: 1, count: body), responseLimit: limit))
  }

  private func head(_ status: Int, _ lines: String...) throws -> ResponseHead {
    var head = try #require(ResponseHead(line: "HTTP/1.1 \(status) X"))
    for line in lines { #expect(head.add(line) == true) }
    return head
  }

  @Test func aWholeExchangeIsDelivered() throws {
    var machine = machine()
    #expect(machine.connectionReady() == .proceed)
    #expect(machine.bodyWanted(upTo: 6) == .hand(0..<6))
    #expect(machine.bodyWanted(upTo: 6) == .hand(6..<10))
    #expect(machine.bodyWanted(upTo: 6) == .hand(10..<10))
    #expect(machine.line("HTTP/1.1 200 OK\r\n") == .proceed)
    #expect(machine.line("Content-Length: 5\r\n") == .proceed)
    #expect(machine.line("\r\n") == .proceed)
    #expect(machine.bytesArrived(5) == .keep(capacity: 5))
    #expect(machine.ended(.complete) == .deliver(try head(200, "Content-Length: 5")))
    #expect(machine.ended(.complete) == .ignore)
  }

  @Test func anAnswerMayComeBeforeTheBodyIsSent() throws {
    var machine = machine()
    #expect(machine.connectionReady() == .proceed)
    #expect(machine.bodyWanted(upTo: 6) == .hand(0..<6))
    #expect(machine.line("HTTP/1.1 413 No\r\n") == .proceed)
    #expect(machine.line("\r\n") == .proceed)
    #expect(machine.ended(.complete) == .deliver(try head(413)))
  }

  @Test func interimAnswersAndTrailersLeaveNoFields() throws {
    var machine = machine()
    _ = machine.connectionReady()
    #expect(machine.line("HTTP/1.1 100 Continue\r\n") == .proceed)
    #expect(machine.line("\r\n") == .proceed)
    #expect(machine.line("HTTP/1.1 103 Early Hints\r\n") == .proceed)
    #expect(machine.line("Link: </x>\r\n") == .proceed)
    #expect(machine.line("\r\n") == .proceed)
    #expect(machine.line("HTTP/2 204 \r\n") == .proceed)
    #expect(machine.line("a: b\r\n") == .proceed)
    #expect(machine.line("\r\n") == .proceed)
    #expect(machine.line("Trailer: x\r\n") == .proceed)
    #expect(machine.ended(.complete) == .deliver(try head(204, "a: b")))
  }

  @Test func aBodyOfWhichSomethingWasHandedOverIsNotSentAgain() {
    var machine = machine()
    #expect(machine.connectionReady() == .proceed)
    #expect(machine.bodyWanted(upTo: 1) == .hand(0..<1))
    #expect(machine.connectionReady() == .abort)
    #expect(machine.ended(.failed(.unreachable)) == .fail(.disconnected))
  }

  @Test func aBodyOfWhichNothingWasHandedOverIsSentOnAnotherConnection() {
    var machine = machine()
    #expect(machine.connectionReady() == .proceed)
    #expect(machine.connectionReady() == .proceed)
    #expect(machine.bodyWanted(upTo: 100) == .hand(0..<10))
    #expect(machine.connectionReady() == .abort)
  }

  @Test func aPostWithoutABodyIsNotSentAgain() {
    var machine = machine(post: 0)
    #expect(machine.connectionReady() == .proceed)
    #expect(machine.connectionReady() == .abort)
  }

  @Test func aGetIsSentAgain() {
    var machine = TransferMachine(UpstreamRequest(url: "https://x/"))
    #expect(machine.connectionReady() == .proceed)
    #expect(machine.connectionReady() == .proceed)
  }

  @Test func aTimeOutIsNamedAfterWhatItInterrupted() {
    var early = machine()
    #expect(early.ended(.timedOut) == .fail(.connectTimedOut))
    var late = machine()
    _ = late.connectionReady()
    _ = late.bodyWanted(upTo: 1)
    #expect(late.ended(.timedOut) == .fail(.responseTimedOut))
    // A reused connection proved dead before it took anything, and there was no other in time.
    var unheard = machine()
    _ = unheard.connectionReady()
    #expect(unheard.ended(.timedOut) == .fail(.connectTimedOut))
  }

  @Test func whatIsAnnouncedTooLargeIsNotWaitedFor() {
    var machine = machine(limit: 99)
    _ = machine.connectionReady()
    _ = machine.line("HTTP/1.1 200 OK\r\n")
    _ = machine.line("Content-Length: 100\r\n")
    #expect(machine.line("\r\n") == .abort)
    #expect(machine.ended(.failed(.disconnected)) == .fail(.tooLarge(limit: 99)))
  }

  @Test func theLimitIsForTheDecodedBody() {
    var machine = machine(limit: 99)
    _ = machine.connectionReady()
    _ = machine.line("HTTP/1.1 200 OK\r\n")
    _ = machine.line("Content-Encoding: gzip\r\n")
    _ = machine.line("Content-Length: 100\r\n")
    #expect(machine.line("\r\n") == .proceed)
    #expect(machine.bytesArrived(99) == .keep(capacity: 99))
    #expect(machine.bytesArrived(1) == .abort)
    #expect(machine.ended(.failed(.disconnected)) == .fail(.tooLarge(limit: 99)))
  }

  @Test func ofALongErrorNothingIsKept() {
    var machine = machine(limit: 1 << 20)
    _ = machine.connectionReady()
    _ = machine.line("HTTP/1.1 500 Internal Server Error\r\n")
    _ = machine.line("\r\n")
    #expect(machine.bytesArrived(64 << 10) != .skip)
    #expect(machine.bytesArrived(1) == .skip)
    #expect(machine.bytesArrived(1 << 20) == .abort)
  }

  @Test func withoutRoomForItsBodyATransferFails() {
    var machine = machine(limit: 99)
    _ = machine.connectionReady()
    _ = machine.line("HTTP/1.1 200 OK\r\n")
    _ = machine.line("\r\n")
    #expect(machine.bytesArrived(9) != .abort)
    machine.roomRefused(limit: 5)
    #expect(machine.ended(.failed(.disconnected)) == .fail(.crowded(limit: 5)))
  }

  @Test func aCodingThatWasNotAskedForEndsTheTransferBeforeItsBody() {
    var machine = machine()
    _ = machine.connectionReady()
    _ = machine.line("HTTP/1.1 200 OK\r\n")
    _ = machine.line("Content-Encoding: zstd\r\n")
    #expect(machine.line("\r\n") == .abort)
    #expect(machine.ended(.failed(.disconnected)) == .fail(.protocolFault))
  }

  @Test func aLengthBeyondAllNumbersIsNoLength() {
    var machine = machine(limit: .max)
    _ = machine.line("HTTP/1.1 200 OK\r\n")
    _ = machine.line("Content-Length: 99999999999999999999\r\n")
    #expect(machine.line("\r\n") == .proceed)
    #expect(machine.bytesArrived(1) == .keep(capacity: 16 << 10))
  }

  @Test func memoryIsNotReservedOnAnAnnouncementAlone() {
    var machine = machine(limit: 64 << 20)
    _ = machine.line("HTTP/1.1 200 OK\r\n")
    _ = machine.line("Content-Length: 67108864\r\n")
    _ = machine.line("\r\n")
    #expect(machine.bytesArrived(16 << 10) == .keep(capacity: 64 << 10))
    #expect(machine.bytesArrived(16 << 10) == .keep(capacity: 64 << 10))
    var capacities: Set<Int> = []
    for _ in 2..<4096 {
      guard case .keep(let capacity) = machine.bytesArrived(16 << 10) else { Issue.record("refused"); return }
      capacities.insert(capacity)
    }
    #expect(capacities.count < 10)
    #expect(capacities.max() == 64 << 20)
    #expect(machine.bytesArrived(1) == .abort)
  }

  @Test func theHeadIsBoundedInAllItsPartsTogether() {
    var machine = machine()
    var taken = 0
    let interim = "HTTP/1.1 100 Continue\r\n"
    while machine.line(interim) == .proceed {
      #expect(machine.line("\r\n") == .proceed)
      taken += interim.utf8.count + 2
    }
    #expect(taken <= TransferMachine.headerLimit && taken > TransferMachine.headerLimit - 100)
    #expect(machine.ended(.failed(.disconnected)) == .fail(.protocolFault))
  }

  @Test(arguments: [
    ["HTTP/1.1 101 Switching Protocols\r\n", "\r\n"], ["HTTP/1.1 099 What\r\n", "\r\n"], ["Hello\r\n"],
    ["HTTP/1.1 20\r\n"], ["HTTP/1.1\r\n"], ["HTTP/1.1 200 OK\r\n", "a: b\r\n", " folded\r\n"],
  ])
  func whatIsNoAnswerIsRefused(lines: [String]) {
    var machine = machine()
    for line in lines.dropLast() { #expect(machine.line(line) == .proceed) }
    #expect(machine.line(lines[lines.count - 1]) == .abort)
    #expect(machine.ended(.failed(.disconnected)) == .fail(.protocolFault))
  }

  @Test(arguments: [[], ["HTTP/1.1 100 Continue\r\n", "\r\n"], ["HTTP/1.1 200 OK\r\n", "a: b\r\n"]])
  func anEndWithoutAWholeHeadIsADisconnection(lines: [String]) {
    var machine = machine()
    for line in lines { #expect(machine.line(line) == .proceed) }
    #expect(machine.ended(.complete) == .fail(.disconnected))
  }

  @Test func anAbandonedTransferStaysAbandoned() {
    var machine = machine()
    _ = machine.connectionReady()
    #expect(machine.abandoned(.cancelled) == .fail(.cancelled))
    #expect(machine.abandoned(.closed) == .ignore)
    #expect(machine.ended(.complete) == .ignore)
  }

  @Test func anEndedTransferCannotBeAbandoned() {
    var machine = machine()
    #expect(machine.ended(.failed(.disconnected)) == .fail(.disconnected))
    #expect(machine.abandoned(.cancelled) == .ignore)
  }

  @Test func theFirstRefusalIsTheOneThatIsReported() {
    var machine = machine(limit: 1)
    _ = machine.line("HTTP/1.1 200 OK\r\n")
    _ = machine.line("\r\n")
    #expect(machine.bytesArrived(2) == .abort)
    #expect(machine.bodyWanted(upTo: 1) == .hand(0..<1))
    _ = machine.connectionReady()
    #expect(machine.connectionReady() == .abort)
    #expect(machine.ended(.timedOut) == .fail(.tooLarge(limit: 1)))
  }
}

extension TransferMachine {
  fileprivate mutating func line(_ text: String) -> Action {
    Array(text.utf8).withUnsafeBytes { headerLineArrived($0) }
  }
}
