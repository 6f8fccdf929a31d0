import Platform
import RouterTrust
import Sealing
import Settings

/// The router's key, whether it is trusted, and a client key.
extension Doctor {
  /// The key in the router's document; nil when it is refused.
  func routerKey(in document: [UInt8], _ tell: (DoctorStep) -> Void) -> RSAPublicKey? {
    let name = "router key"
    do throws(KeyDocumentError) {
      let key = try RSAPublicKey(document: document, minimumBits: settings.router.minimumKeyBits)
      try key.validate()
      tell(DoctorStep(name, "\(key.fingerprint), RSA-\(key.bits)"))
      return key
    } catch {
      tell(
        DoctorStep(
          name, "refused: \(error)",
          .failed(
            .router,
            remedy: "check that router.url leads to a NOMYO router"
              + (error.isTooShort
                ? "; for one of your own with a shorter key, lower router.minimum_key_bits" : ""))))
      return nil
    }
  }

  /// Whether the daemon would seal for this key.
  ///
  /// Nothing is remembered: that is left to the daemon.
  func trust(in key: RSAPublicKey) -> DoctorStep {
    let name = "trust"
    let (router, shown) = (settings.router.url.description, key.fingerprint)
    var trusted = settings.router.pins
    switch settings.router.trust {
    case .tls: return DoctorStep(name, "router.trust is tls: every key is taken")
    case .pinned:
      if trusted.contains(shown) { return DoctorStep(name, "it is in router.pins") }
    case .firstUse:
      let remembered: RememberedRouter
      do throws(TrustStoreFault) {
        remembered =
          try settings.stateDirectory.map { path throws(TrustStoreFault) in
            try TrustRecord(directory: path).router(router)
          } ?? RememberedRouter()
      } catch { return .failed(name, .permission, error) }
      if let known = remembered.trusted.first(where: { $0.key == shown }) {
        return DoctorStep(name, "it is remembered, by \(known.source.rawValue)")
      }
      if trusted.contains(shown) { return DoctorStep(name, "it is in router.pins") }
      if remembered.trusted.isEmpty, trusted.isEmpty {
        return DoctorStep(
          name, "nothing is remembered yet: the daemon will remember the key that it sees first")
      }
      trusted += remembered.trusted.map(\.key)
    }
    return .failed(
      name, .router,
      UntrustedRouterKey(router: router, shown: shown, trusted: trusted, mode: settings.router.trust))
  }

  /// A client key as the daemon would make it; nil when that fails.
  func clientKey(_ tell: (DoctorStep) -> Void) async -> RSAPrivateKey? {
    let name = "client key"
    let start = ContinuousClock.now
    do {
      let pair = try await path.makePair()
      let took = Int(start.duration(to: .now) / .milliseconds(1))
      tell(DoctorStep(name, "RSA-\(pair.bits) with \(pair.primes) primes, made in \(took) ms"))
      return pair
    } catch {
      tell(
        DoctorStep(
          name, "none could be made: \(error)", .failed(.program, remedy: "try again, then report it")))
      return nil
    }
  }
}
