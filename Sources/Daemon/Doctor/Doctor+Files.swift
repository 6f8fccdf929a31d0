import ClientKeys
import Glibc
import Platform
import RouterTrust
import Sealing
import Settings
import Tokens

/// Configuration, state directory and key files.
extension Doctor {
  var configuration: DoctorStep {
    let file = settings.file ?? "no file, so defaults, environment and flags"
    let detail = "\(file); router \(settings.router.url)"
    guard settings.warnings.isEmpty else {
      return DoctorStep("configuration", detail, .warned(remedy: settings.warnings.joined(separator: ". ")))
    }
    return DoctorStep("configuration", detail)
  }

  /// Who may call; nil when nobody is asked for a token.
  var callers: DoctorStep? {
    guard let tokens = settings.access.tokens, let path = settings.access.tokensFile else { return nil }
    guard !tokens.isEmpty else {
      return DoctorStep(
        "tokens", "\(path) holds none, so every caller is refused",
        .warned(remedy: "nomyo-proxy tokens new NAME --write"))
    }
    return DoctorStep("tokens", "\(path): \(tokens.names.joined(separator: ", "))")
  }

  /// Whether what outlives the process has a place; nil when nothing does.
  var stateDirectory: DoctorStep? {
    guard settings.router.trust == .firstUse || settings.keys.mode == .directory else { return nil }
    let name = "state"
    guard let directory = settings.stateDirectory else {
      return DoctorStep(
        name, "there is no state directory",
        .warned(
          remedy:
            "the router's key is forgotten when the daemon ends; set StateDirectory= in the unit, or HOME"))
    }
    let existing = Self.nearestExisting(directory)
    guard access(existing, W_OK | X_OK) == 0 else {
      return DoctorStep(
        name, "\(existing) cannot be written to by user \(geteuid()): \(String(cString: strerror(errno)))",
        .failed(.permission, remedy: "run this as the daemon's user, or give the directory to it with chown"))
    }
    guard existing == directory else { return DoctorStep(name, "\(directory), made when it is needed") }
    do throws(TrustStoreFault) {
      guard let flaw = try TrustLog(directory: directory).verify().flaw else {
        return DoctorStep(name, directory)
      }
      return DoctorStep(
        name, "\(directory)/trust.log: \(flaw)",
        .failed(
          .configuration, remedy: "keep a copy, look into it with `trust log`, then `trust log --set-aside`"))
    } catch { return .failed(name, .configuration, error) }
  }

  /// Whether the stored client key can be used; nil when none is stored.
  var keyDirectory: DoctorStep? {
    guard settings.keys.mode == .directory, let path = settings.keys.directory else { return nil }
    let name = "key files"
    // Loading would make the directory.
    guard access(path, F_OK) == 0 else { return DoctorStep(name, "\(path), made at the first start") }
    do throws(KeyDirectoryFault) {
      guard let kept = try KeyDirectory(path: path, password: settings.keys.password).load() else {
        return DoctorStep(name, "\(path) has no key yet; one is made at the first start")
      }
      let detail = "\(path): \(kept.pair.publicKey.fingerprint)"
      return kept.warnings.isEmpty
        ? DoctorStep(name, detail)
        : DoctorStep(name, detail, .warned(remedy: kept.warnings.joined(separator: ". ")))
    } catch {
      switch error.reason {
      case .inUse: return DoctorStep(name, "\(path) is held by a running daemon, which has loaded it")
      case .permissions, .foreignOwner, .directoryWritable, .system(_, EACCES):
        return .failed(name, .permission, error)
      default: return .failed(name, .configuration, error)
      }
    }
  }

  /// The path itself, or the directory above it in which it would be made.
  private static func nearestExisting(_ path: String) -> String {
    var path = path
    while path.count > 1, access(path, F_OK) != 0 {
      path = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "/"
    }
    return path.isEmpty ? "/" : path
  }
}
