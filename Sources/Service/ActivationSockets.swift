internal import CSystemd
import Glibc

/// Sockets that systemd bound for this process (sd_listen_fds(3)).
public struct ActivationSocket: Sendable, Equatable {
  /// The open file.
  public let descriptor: Int32
  /// Its `FileDescriptorName=`, which is the socket unit's name unless set.
  public let name: String

  /// A socket with the name that systemd gave it, which only tests make up.
  package init(descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
  }

  /// Takes the sockets over.
  ///
  /// The environment variables that announce them are removed, so that no child believes they are its own; a
  /// second call finds none.
  public static func takeOver() -> [ActivationSocket] {
    var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    let count = sd_listen_fds_with_names(1, &names)
    guard count > 0 else { return [] }
    let sockets = (0..<Int(count)).map { index in
      ActivationSocket(
        descriptor: SD_LISTEN_FDS_START + Int32(index),
        name: names?[index].map { String(cString: $0) } ?? "")
    }
    for index in 0..<Int(count) { free(names?[index]) }
    free(names)
    return sockets
  }
}
