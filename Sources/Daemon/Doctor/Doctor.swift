import Listener
import Platform
import Sealing
import Settings
import Upstream

/// Walks the whole way that a request takes, step by step, with the configuration that the daemon would have.
///
/// Nothing is kept of the walk: no client key, no trust, no port. One request is sealed and sent.
public struct Doctor: Sendable {
  let settings: Settings
  let memory: Result<SecureMemoryReport, SecureMemoryError>
  let model: String?
  let path: DoctorPath

  init(
    _ settings: Settings, memory: Result<SecureMemoryReport, SecureMemoryError>, model: String?,
    path: DoctorPath
  ) {
    self.settings = settings
    self.memory = memory
    self.model = model
    self.path = path
  }

  /// Walks, and tells each step when it is over; the steps after one that failed are walked where that makes sense.
  public func walk(_ tell: (DoctorStep) -> Void) async {
    for step in [configuration] + [callers, stateDirectory, keyDirectory, secureMemory].compactMap({ $0 }) {
      tell(step)
    }
    let names = await nameLookUp()
    if let names { tell(names) }
    let document = await keyDocument(tell)
    let key = document.flatMap { routerKey(in: $0, tell) }
    let isTrusted = key.map { key in
      let step = trust(in: key)
      tell(step)
      if case .failed = step.outcome { return false }
      return true
    }
    let pair = await clientKey(tell)
    guard document != nil else {
      for name in ["router key", "API key", "round trip"] {
        tell(Self.skipped(name, "the router is not reached"))
      }
      return await path.close()
    }
    guard key != nil, isTrusted == true else {
      for name in ["API key", "round trip"] {
        tell(Self.skipped(name, "the router shows no trusted key, so nothing is sent to it"))
      }
      return await path.close()
    }
    let responder = path.responder(key, pair)
    let models = await models(responder, tell)
    if pair == nil {
      tell(Self.skipped("round trip", "there is no client key to announce"))
    } else {
      tell(await roundTrip(responder, offered: models))
    }
    await path.close()
  }

  static func skipped(_ name: String, _ why: String) -> DoctorStep { DoctorStep(name, why, .skipped) }
}

/// The parts of the way that the doctor does not look into but uses as the daemon does.
struct DoctorPath: Sendable {
  /// Asks the router for its key.
  var fetchKeyDocument: @Sendable () async throws(UpstreamError) -> UpstreamResponse
  /// Makes a client key as the configuration says.
  var makePair: @Sendable () async throws -> RSAPrivateKey
  /// Answers callers, sealing for this key of the router alone and announcing this pair; either may be missing.
  var responder: @Sendable (RSAPublicKey?, RSAPrivateKey?) -> any Responder
  /// Ends the connections to the router.
  var close: @Sendable () async -> Void
}
