import Glibc
import Logging
import Relay
import RouterTrust
import Settings

extension Daemon {
  /// The cache of the router's key, with what is remembered of the router.
  ///
  /// - Throws: what is wrong with the record: to go on without it would be to trust whatever comes first.
  func makeRouterKeys(_ router: RouterClient) throws(ConfigurationFaults) -> RouterKeyCache {
    let (directory, logger) = (try trustDirectory(), logger)
    return RouterKeyCache(
      router: settings.router.url.description,
      policy: TrustPolicy(mode: settings.router.trust, pins: settings.router.pins),
      minimumBits: settings.router.minimumKeyBits,
      record: directory.map { TrustRecord(directory: $0) }, log: directory.map { TrustLog(directory: $0) },
      onRefusal: { logger.error("router key refused", metadata: ["reason": "\($0)"]) }
    ) { try await router.publicKeyDocument() }
  }

  /// Where router keys are remembered; nil, with a warning, where no directory can be made.
  private func trustDirectory() throws(ConfigurationFaults) -> String? {
    guard let path = settings.stateDirectory else {
      warnOfForgetting("there is no state directory: set STATE_DIRECTORY, XDG_STATE_HOME or HOME")
      return nil
    }
    do throws(TrustStoreFault) {
      _ = try TrustRecord(directory: path).routers()
      _ = try StateDirectory(path).openOrMake()
      let log = TrustLog(directory: path)
      if let flaw = try log.verify().flaw {
        logger.error(
          "the trust log was altered or cut; nothing is added to it",
          metadata: ["log": "\(log.path)", "flaw": "\(flaw)", "next": "nomyo-proxy trust log"])
      }
      return path
    } catch .system(let place, "making it", let number) {
      warnOfForgetting("\(place) cannot be made: \(String(cString: strerror(number)))")
      return nil
    } catch {
      throw ConfigurationFaults(faults: [
        Self.fault(settings, "router.trust", "\(error)", allowed: "a record that this program wrote, or none")
      ])
    }
  }

  private func warnOfForgetting(_ reason: String) {
    guard settings.router.trust == .firstUse else { return }
    logger.warning(
      "the router's key is remembered only while the daemon runs", metadata: ["reason": "\(reason)"])
  }
}
