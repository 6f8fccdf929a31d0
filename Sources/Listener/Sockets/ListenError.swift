import Glibc

/// Why the server cannot listen on an address.
public struct ListenError: Error, Equatable, CustomStringConvertible {
  /// The kinds of reason.
  public enum Reason: Sendable, Equatable {
    /// Another program (or another daemon of this kind) listens there.
    case inUse
    /// The process may not bind there, or may not give the socket away.
    case notPermitted
    /// The host name or address is none of this machine's.
    case notThisMachine
    /// The directory of a socket path does not exist.
    case noDirectory
    /// Something other than a socket is at the path; it is left alone.
    case notASocket
    /// No such user, by name.
    case unknownUser(String)
    /// No such group, by name.
    case unknownGroup(String)
    /// Something else, as errno(3) has it.
    case system(Int32)
  }

  /// The address as it was configured.
  public let address: String
  /// What stood in the way.
  public let reason: Reason

  init(_ address: some CustomStringConvertible, _ reason: Reason) {
    self.address = address.description
    self.reason = reason
  }

  /// Sorts an errno(3) value under the reason it stands for.
  init(_ address: some CustomStringConvertible, errno code: Int32) {
    let reason: Reason =
      switch code {
      case EADDRINUSE: .inUse
      case EACCES, EPERM, EROFS: .notPermitted
      case EADDRNOTAVAIL, EAFNOSUPPORT: .notThisMachine
      case ENOENT, ENOTDIR: .noDirectory
      default: .system(code)
      }
    self.init(address, reason)
  }

  /// Whether only somebody who changes something can help, so that it makes no sense to try again.
  public var isLasting: Bool {
    switch reason {
    case .noDirectory, .notASocket, .unknownUser, .unknownGroup: true
    case .inUse, .notPermitted, .notThisMachine, .system: false
    }
  }

  /// One sentence that names the address and what to look at.
  public var description: String {
    let explanation =
      switch reason {
      case .inUse: "it is in use: another program listens there; stop it, or choose another address"
      case .notPermitted: "permission denied"
      case .notThisMachine: "the host is no address of this machine, or its name has none here"
      case .noDirectory: "the directory does not exist; make it first (RuntimeDirectory= of a unit does)"
      case .notASocket:
        "something that is not a socket is there, and it is left alone; move it away, or choose another path"
      case .unknownUser(let name): "there is no user \"\(name)\": correct user= there, or add the user"
      case .unknownGroup(let name): "there is no group \"\(name)\": correct group= there, or add the group"
      case .system(let code): String(cString: strerror(code))
      }
    return "cannot listen on \(address): \(explanation)"
  }
}
