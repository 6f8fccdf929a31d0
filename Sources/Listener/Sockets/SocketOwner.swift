import Glibc

/// Whom a unix socket is to belong to.
struct SocketOwner: Sendable {
  private let user: uid_t?
  private let group: gid_t?

  /// Looks names up; numbers stand for themselves.
  init(user: String?, group: String?, for address: ListenAddress) throws(ListenError) {
    self.user = try user.map { name throws(ListenError) in
      guard let found = uid_t(name) ?? Self.lookUpUser(name) else {
        throw ListenError(address, .unknownUser(name))
      }
      return found
    }
    self.group = try group.map { name throws(ListenError) in
      guard let found = gid_t(name) ?? Self.lookUpGroup(name) else {
        throw ListenError(address, .unknownGroup(name))
      }
      return found
    }
  }

  /// Gives the file of a descriptor away; `false` leaves the reason in `errno`.
  func own(_ descriptor: CInt) -> Bool {
    guard user != nil || group != nil else { return true }
    // -1 leaves that half as it is (chown(2)); the empty path means the descriptor's own file (AT_EMPTY_PATH).
    return fchownat(descriptor, "", user ?? uid_t.max, group ?? gid_t.max, Self.emptyPath) == 0
  }

  /// `AT_EMPTY_PATH` of fcntl.h on Linux.
  private static let emptyPath: CInt = 0x1000

  private static func lookUpUser(_ name: String) -> uid_t? {
    var record = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var room = [CChar](repeating: 0, count: lookUpRoom)
    guard getpwnam_r(name, &record, &room, room.count, &found) == 0, found != nil else { return nil }
    return record.pw_uid
  }

  private static func lookUpGroup(_ name: String) -> gid_t? {
    var record = Glibc.group()
    var found: UnsafeMutablePointer<Glibc.group>?
    var room = [CChar](repeating: 0, count: lookUpRoom)
    guard getgrnam_r(name, &record, &room, room.count, &found) == 0, found != nil else { return nil }
    return record.gr_gid
  }

  /// Room for the member list of a large group (getgrnam_r(3) wants the caller to guess).
  private static let lookUpRoom = 256 * 1024
}
