import NIOCore
import Platform

/// The room for bodies that all connections of a server share.
typealias SharedRoom = Locked<BodyRoom<ObjectIdentifier>>

/// What a connection holds of the room for bodies.
extension Connection {
  private var identity: ObjectIdentifier { ObjectIdentifier(self) }

  private var now: NIODeadline { context?.eventLoop.now ?? .now() }

  /// Makes room for what has been received; `false` if there is none.
  ///
  /// The first bytes of each are free, so that whoever sends little is never in anybody's way.
  func makeRoomForBody() -> Bool {
    guard body.count > limits.bodyShare else { return true }
    holdsRoom = true
    let leaving = surroundings.room.withLock {
      $0.grow(identity, to: body.count - limits.bodyShare, since: bodyBegan, at: now)
    }
    leaving.map(send(away:))
    return leaving != nil
  }

  /// The request is whole: nobody takes its room from it until it is answered; `false` if somebody has.
  func keepRoom() -> Bool {
    !holdsRoom || surroundings.room.withLock { $0.callerWaits(identity) }
  }

  /// An answer is there, and so many bytes are kept until the caller has taken it.
  func makeRoom(forAnswerOf bytes: Int) {
    guard holdsRoom || bytes > limits.bodyShare else { return }
    holdsRoom = true
    let leaving = surroundings.room.withLock {
      $0.answer(identity, of: max(0, bytes - limits.bodyShare), at: now)
    }
    send(away: leaving)
  }

  /// Forgets what there is of a request that is not answered.
  func dropBody() {
    _ = body.take()
    leaveRoom()
  }

  /// Nothing is held any more.
  func leaveRoom() {
    guard holdsRoom else { return }
    holdsRoom = false
    surroundings.room.withLock { $0.release(identity) }
  }

  private func send(away others: [ObjectIdentifier]) {
    for other in others {
      guard let connection = surroundings.register.connection(other) else { continue }
      connection.eventLoop.execute { connection.value.giveWay() }
    }
  }

  /// Others need the room: a request that is not all there is refused, an answer that is not taken is cut off.
  ///
  /// What they need may be gone by now, and this another exchange, or even another connection.
  private func giveWay() {
    guard holdsRoom, surroundings.room.withLock({ $0.mustLeave(identity) }) else { return }
    if machine.phase == .receiving { fail(.tooManyBodies(limit: limits.bodyRoom)) } else { cut() }
  }
}
