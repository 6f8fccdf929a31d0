import ArgumentParser
import ClientKeys
import Glibc
import Platform
import Sealing
import Settings

/// What `keys export` and `keys import` share.
struct KeyTransfer {
  let settings: Settings

  /// The settings, with memory protected before a password or a key is read.
  static func settings(_ flags: SettingFlags) throws -> Settings {
    // What cannot be had is the daemon's business to insist on; a command that runs for a second takes what there is.
    try flags.load { mode in if mode != .off { _ = try? SecureMemory.apply(.auto) } }
  }

  /// The daemon's own directory.
  func ownDirectory() throws(ExitCode) -> KeyDirectory {
    guard settings.keys.mode == .directory, let path = settings.keys.directory else {
      Complaint.say(
        "keys.mode is memory: such a key never leaves the daemon. Set keys.mode to \"directory\" to keep one in files"
      )
      throw .configuration
    }
    return KeyDirectory(path: path, password: settings.keys.password)
  }

  /// The password in a file, without the line end that editors leave.
  static func password(in path: String) throws(ExitCode) -> Secret {
    do {
      var bytes = try ProcessFiles().read(path, limit: 4 << 10).bytes[...]
      while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") {
        bytes.removeLast()
      }
      guard !bytes.isEmpty else {
        Complaint.say("\(TerminalText.line(path)) is empty; it has to hold the password as one line")
        throw ExitCode.configuration
      }
      return Secret(Array(bytes))
    } catch let code as ExitCode { throw code } catch {
      Complaint.say("the password file \(TerminalText.line(path)) \(error)")
      throw .configuration
    }
  }

  /// Tells what is wrong with a key directory.
  static func complain(_ error: any Error) -> ExitCode {
    Complaint.say(TerminalText.line("\(error)"))
    guard let fault = error as? KeyDirectoryFault else { return .configuration }
    return switch fault.reason {
    case .inUse, .changedMeanwhile: .tryAgain
    case .permissions, .foreignOwner, .directoryWritable, .system(_, EACCES), .system(_, EPERM): .notPermitted
    case .system, .encoding: .internalFault
    default: .configuration
    }
  }

  /// Passes on what was repaired or should be looked at.
  static func tell(_ warnings: [String]) {
    for warning in warnings { Complaint.say("warning: \(TerminalText.line(warning))") }
  }
}
