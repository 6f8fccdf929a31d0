import Glibc

/// Closing a socket resets every connection that waits in it to be accepted, together with the request that may have
/// come over it already. So the door is shut first, and then those are let in who stand inside.
extension ListeningSocket {
  /// Lets nobody new in; what waits can still be accepted.
  ///
  /// Only for a socket of our own: with one that was passed in, the next process would find it shut.
  func shut() {
    guard !isInherited else { return }
    file?.remove()
    if isTCP { dropPackets() }
  }

  /// Whether a connection waits to be accepted.
  var hasWaiting: Bool {
    var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&question, 1, 0) == 1 && question.revents & Int16(POLLIN) != 0
  }

  /// Has the kernel drop every packet for the socket itself, which are those that ask for a connection.
  ///
  /// Who is in the middle of connecting hears nothing, asks again a second later, and is refused then, because the
  /// socket is closed. Connections that there are have sockets of their own.
  private func dropPackets() {
    var instruction = FilterInstruction(code: FilterInstruction.returnConstant)
    withUnsafeMutablePointer(to: &instruction) { instruction in
      var program = FilterProgram(length: 1, instructions: instruction)
      // Where it cannot be had, connections that come in the next millisecond are reset, as by every other server.
      setsockopt(
        descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, socklen_t(MemoryLayout<FilterProgram>.size))
    }
  }
}

/// `struct sock_filter` of linux/filter.h, which Swift's Glibc module does not show.
private struct FilterInstruction {
  /// `BPF_RET | BPF_K`: a packet is kept as far as ``value`` says; 0 drops it.
  static let returnConstant: UInt16 = 0x06

  var code: UInt16
  var jumpIfTrue: UInt8 = 0
  var jumpIfFalse: UInt8 = 0
  var value: UInt32 = 0
}

/// `struct sock_fprog` of linux/filter.h.
private struct FilterProgram {
  var length: UInt16
  var instructions: UnsafeMutablePointer<FilterInstruction>
}
