import Glibc
import Listener
import Logging
import Platform
import ServiceLifecycle
import Settings

/// Serves the operator, or a monitoring system, until everything else has stopped.
struct AdminService: Service {
  let server: HTTPServer

  func run() async throws {
    await withGracefulShutdownHandler {
      await server.serve()
    } onGracefulShutdown: {
      Task { _ = await server.stop(drain: .zero) }
    }
  }
}

extension Daemon {
  /// The service for the operator, listening; nil where there is no place for it.
  ///
  /// An address that was asked for has to be had; the one that is used by itself is done without, with a warning.
  func startAdmin(_ subject: any AdminSubject) async throws -> AdminService? {
    guard let address = adminAddress, let access = adminAccess else {
      if settings.admin.entry == nil {
        logger.notice("no admin socket: there is no runtime directory, and admin.listen is not set")
      }
      return nil
    }
    let server = HTTPServer(
      addresses: [address], inherited: [], limits: adminLimits,
      responder: AdminResponder(subject: subject, access: access, logger: logger), logger: logger)
    do {
      if case .unix(let path, _, _, _) = address, let flaw = Self.flaw(ofDirectoryOf: path) {
        logger.warning(
          "admin socket in a directory that others can write to", metadata: ["reason": "\(flaw)"])
        if settings.source(of: "admin.listen") == .builtIn { return nil }
      }
      for bound in try await server.start() {
        logger.notice("admin socket", metadata: ["address": "\(bound)"])
      }
      if case .tcp = address {
        logger.warning(
          "every program on this machine can steer the daemon: admin.listen is a port, and no socket")
      }
      return AdminService(server: server)
    } catch let error as ListenError where settings.source(of: "admin.listen") == .builtIn {
      logger.warning(
        "no admin socket: status, rotation and metrics cannot be had", metadata: ["reason": "\(error)"])
      return nil
    }
  }

  var adminLimits: ListenerLimits {
    var limits = callerLimits
    limits.maxConnections = 16
    return limits
  }

  /// Makes the socket's directory where it is missing, and says who else could put another socket there.
  ///
  /// systemd makes the runtime directory; elsewhere it may have to be made.
  private static func flaw(ofDirectoryOf path: String) -> String? {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return nil }
    let directory = String(path[..<slash])
    _ = mkdir(directory, 0o700)
    return PrivateDirectory.flaw(of: directory)
  }
}
