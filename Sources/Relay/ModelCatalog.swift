import Dialects
public import RouterTrust
import Upstream

/// The router's list of models, asked for rarely: set-up screens ask often and give up after seconds.
public actor ModelCatalog {
  private struct Entry {
    let models: [Model]
    let names: Set<String>
    let fetchedAt: ContinuousClock.Instant

    init(models: [Model], fetchedAt: ContinuousClock.Instant) {
      self.models = models
      self.fetchedAt = fetchedAt
      names = Set(models.map(\.id))
    }
  }

  /// How long a list is taken for current.
  static let lifetime = Duration.seconds(60)

  /// How long a newer list than the known one is waited for.
  private let patience: Duration

  /// Lists for this many keys are remembered; without a configured key each caller may bring its own.
  private static let capacity = 64

  private let router: RouterClient
  private let routerKeys: RouterKeyCache
  private let aliases: [String: String]
  /// What is listed without asking; nil where the router is asked.
  private let fixed: Entry?
  private let sharesQuestions: Bool
  private var entries: [Credential?: Entry] = [:]
  private let flights = SingleFlight<Credential?, [Model]>()

  /// An empty catalogue.
  ///
  /// - Parameters:
  ///   - routerKeys: A router that shows an untrusted key is not asked either.
  ///   - aliases: Local names and the router's; listed beside the router's models.
  ///   - fixed: The models to list; if there are any, the router is not asked.
  ///   - sharesQuestions: Whether those who ask at the same time, under the same API key, share one question to the
  ///     router.
  ///   - patience: How long somebody who could have the known list waits for a newer one.
  public init(
    router: RouterClient, routerKeys: RouterKeyCache, aliases: [String: String], fixed: [String],
    sharesQuestions: Bool = true, patience: Duration = .seconds(1)
  ) {
    self.patience = patience
    self.router = router
    self.routerKeys = routerKeys
    self.aliases = aliases
    self.sharesQuestions = sharesQuestions
    let models = fixed.map { Model(id: $0, root: $0, created: 0, owner: "nomyo") }
    self.fixed = models.isEmpty ? nil : Entry(models: Self.adding(aliases, to: models), fetchedAt: .now)
  }

  /// The models that `bearer` may ask for.
  ///
  /// A list that is no longer current is better than none when the router fails or
  /// takes its time.
  func models(
    for bearer: Credential?, turn: Turn, at now: ContinuousClock.Instant
  ) async throws(FailedExchange) -> [Model] {
    if let fixed { return fixed.models }
    guard let known = entries[bearer] else {
      do { return try await refresh(bearer, turn, at: now) } catch {
        throw FailedExchange(failure: error, wasTriedAgain: false)
      }
    }
    if isCurrent(known, at: now) { return known.models }
    return await refreshInTime(bearer, turn, at: now) ?? known.models
  }

  /// The names of the models that `bearer` may ask for, as far as they are known already.
  func knownNames(for bearer: Credential?) -> Set<String> {
    (fixed ?? entries[bearer])?.names ?? []
  }

  private func refresh(
    _ bearer: Credential?, _ turn: Turn, at now: ContinuousClock.Instant
  ) async throws(ExchangeFailure) -> [Model] {
    guard sharesQuestions else { return try await ask(bearer, turn, at: now) }
    return try await flights.value(for: bearer) { () async throws(ExchangeFailure) in
      try await self.ask(bearer, turn, at: now)
    }
  }

  /// Asks the router, and keeps the answer before those who share the question go on without it.
  ///
  /// Whoever looked for a list before it came, and only now asks for it, finds it here.
  private func ask(
    _ bearer: Credential?, _ turn: Turn, at now: ContinuousClock.Instant
  ) async throws(ExchangeFailure) -> [Model] {
    if sharesQuestions, let known = entries[bearer], isCurrent(known, at: now) { return known.models }
    let models = Self.adding(aliases, to: try await fetch(bearer, turn))
    if entries.count >= Self.capacity { entries.removeAll() }
    entries[bearer] = Entry(models: models, fetchedAt: now)
    return models
  }

  private func isCurrent(_ entry: Entry, at now: ContinuousClock.Instant) -> Bool {
    entry.fetchedAt.duration(to: now) < Self.lifetime
  }

  /// A new list, nil if there is none or it takes longer than somebody who could have the old one should wait.
  private func refreshInTime(
    _ bearer: Credential?, _ turn: Turn, at now: ContinuousClock.Instant
  ) async -> [Model]? {
    try? await within(.now.advanced(by: patience)) { () async throws(ExchangeFailure) in
      try await self.refresh(bearer, turn, at: now)
    }
  }

  private func fetch(_ bearer: Credential?, _ turn: Turn) async throws(ExchangeFailure) -> [Model] {
    // The question carries the API key, and whoever shows another key may be somebody else.
    do { _ = try await routerKeys.current() } catch { throw ExchangeFailure(fetching: error) }
    let response = try await router.models(bearer: bearer, turn: turn)
    guard response.status == 200 else { throw .status(RouterRefusal(response)) }
    guard let models = Model.list(fromRouter: response.body) else { throw .answer(Self.notAList) }
    return models
  }

  private static func adding(_ aliases: [String: String], to models: [Model]) -> [Model] {
    let byName = Dictionary(models.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let added = aliases.sorted { $0.key < $1.key }.compactMap { alias, target -> Model? in
      guard byName[alias] == nil else { return nil }
      let model = byName[target] ?? Model(id: target, root: target, created: 0, owner: "nomyo")
      return model.named(alias)
    }
    return models + added
  }

  private static let notAList = APIFault(
    status: 502, type: "server_error", code: "upstream_answer",
    message:
      "The router answered the question for its models with something that is not a list. Check router.url.")
}
