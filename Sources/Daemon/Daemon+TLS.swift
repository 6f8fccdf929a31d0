import Glibc
import Listener
import Logging
import Platform
import Service
import Settings

/// What callers are shown over TLS.
extension Daemon {
  /// The chain and the key that go with each other; nil where nobody asks for TLS, and where they do not, which is added to
  /// `faults`.
  static func identity(_ settings: Settings, _ faults: inout [ConfigurationFault]) -> TLSIdentity? {
    guard let chain = settings.tls.chain, let key = settings.tls.key?.copy() else { return nil }
    do throws(TLSIdentityFault) {
      return try TLSIdentity(chain: chain, key: key.withBytes { Array($0) })
    } catch {
      let tls = settings.tls
      let name = error.concernsKey ? "tls.key_file" : "tls.certificate_file"
      let file = error.concernsKey ? tls.keyFile ?? "the systemd credential tls-key" : tls.certificateFile
      faults.append(
        fault(
          settings, name, "\(file ?? "the file") \(error)",
          allowed: error.concernsKey
            ? "the private key of the first certificate in tls.certificate_file, in PEM, without a password"
            : "PEM certificates, the server's own first"))
      return nil
    }
  }

  /// What is worth a warning in what only this module can judge.
  public var warnings: [String] {
    guard let warning = identity?.warning(at: time(nil)) else { return [] }
    return ["\(settings.tls.certificateFile ?? "tls.certificate_file"): \(warning)"]
  }

  /// Shows callers the certificate of this configuration from now on.
  func show(in served: ServedIdentity?) {
    guard let served, let identity else { return }
    let isNew = !served.current.hasSameCertificate(as: identity)
    served.adopt(identity)
    guard isNew else { return }
    logger.notice("TLS certificate replaced", metadata: ["expires": "\(identity.expiry)"])
    warnOfTime()
  }

  /// Tells the log of a certificate whose time is over or has not come.
  func warnOfTime() {
    for warning in warnings { logger.warning("TLS certificate", metadata: ["warning": "\(warning)"]) }
  }
}

extension ListenPlan {
  /// Where callers speak TLS, and what they are shown.
  func secured(_ identity: ServedIdentity) -> SecureListening {
    SecureListening(
      addresses: secure.addresses, inherited: secure.inherited.map(\.descriptor), identity: identity)
  }
}
