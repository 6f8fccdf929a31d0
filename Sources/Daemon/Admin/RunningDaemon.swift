import ClientKeys
import Glibc
import Pacing
import Platform
import Relay
import RouterTrust
import Sealing
import Telemetry

/// The running daemon as the operator sees and steers it.
struct RunningDaemon: AdminSubject {
  let clientKeys: ClientKeyRing
  let routerKeys: RouterKeyCache
  let pacer: Pacer
  let counters: Metrics
  let memory: SecureMemoryReport
  let version: String
  let configurationFile: String?
  let reloader: Reloader?
  let news: ServiceNews
  let startedAt = WallClock.seconds()
  let start = ContinuousClock.now

  func status() async -> DaemonStatus {
    let (clientKeys, routerKey) = (clientKeys.status, await routerKeys.status)
    let readiness = Readiness(clientKeys, routerKey)
    var status = DaemonStatus(
      version: version, pid: Int(getpid()), startedAt: startedAt,
      uptime: Int(start.duration(to: .now).components.seconds), takenAt: WallClock.seconds(),
      clientKeys: clientKeys, routerKey: routerKey, memory: memory)
    status.configurationFile = configurationFile
    status.waitingFor = readiness.wants.map(\.rawValue)
    status.reason = readiness.reason
    if await news.isStopping {
      status.waitingFor = [DaemonStatus.draining]
      status.reason = "the daemon is stopping"
    }
    status.exchanges = DaemonStatus.Exchanges(counters.totals)
    status.pacing = pacer.overview
    status.lastReload = await reloader?.last
    return status
  }

  func metrics() async -> [MetricFamily] { counters.families }

  func rotateKeys() async throws -> ClientKeyStatus.Current {
    let generation = try await clientKeys.rotate()
    return ClientKeyStatus.Current(
      number: generation.number, createdAt: generation.createdAt, uses: 0,
      fingerprint: generation.fingerprint,
      bits: generation.privateKey.bits, primes: generation.privateKey.primes)
  }

  func reload() async -> ReloadOutcome? {
    guard let reloader else { return nil }
    await news.reloadBegan()
    let outcome = await reloader.reload()
    await news.reloadEnded()
    return outcome
  }

  /// Accepting takes the trust of every other key, so a slip of the hand must not do it.
  private func requireShown(_ fingerprint: KeyFingerprint) async throws {
    func shown() async -> KeyFingerprint? {
      let status = await routerKeys.status
      return status.refused ?? status.trusted?.fingerprint
    }
    if await shown() == fingerprint { return }
    _ = try? await routerKeys.refresh(force: true)
    let now = await shown()
    guard now != fingerprint else { return }
    throw AdminRefusal(
      code: "not_shown",
      message:
        "the router shows \(now.map { "the key \($0)" } ?? "no key"), not \(fingerprint); nothing was changed. "
        + "To trust a key before it is in use: nomyo-proxy trust pin \(fingerprint)")
  }

  func acceptRouterKey(_ fingerprint: KeyFingerprint) async throws -> RouterKeyStatus {
    try await requireShown(fingerprint)
    do {
      let status = try await routerKeys.accept(fingerprint)
      await news.changed()
      return status
    } catch let refusal as AcceptanceRefused {
      throw AdminRefusal(code: "acceptance_refused", message: "\(refusal)")
    } catch let fault as TrustStoreFault {
      throw AdminRefusal(code: "trust_record", message: "\(fault)")
    }
  }
}
