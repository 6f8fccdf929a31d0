import ClientKeys
import Platform
import Relay
import RouterTrust
import Settings

/// What stays when the configuration is read anew.
struct Standing: Sendable {
  let router: RouterClient
  let routerKeys: RouterKeyCache
  let clientKeys: ClientKeyRing
  let workers: WorkerThreads
  let embedder: EmbeddingsRelay?
  let breakers: BreakerNews
}

/// What exchanges work with, by the settings of this daemon.
extension Daemon {
  func context(_ standing: Standing) -> ExchangeContext {
    ExchangeContext(
      router: standing.router, routerKeys: standing.routerKeys, clientKeys: standing.clientKeys,
      workers: standing.workers, retries: settings.router.retries,
      padsRequests: settings.privacy.padRequests)
  }

  func catalog(_ standing: Standing) -> ModelCatalog {
    ModelCatalog(
      router: standing.router, routerKeys: standing.routerKeys, aliases: settings.models.aliases,
      fixed: settings.models.list, sharesQuestions: settings.models.singleFlight)
  }
}
