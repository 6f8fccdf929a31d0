import Glibc

/// An `openssl s_server` with a certificate made for the occasion.
///
/// It answers every request with a page of its own.
final class TLSServer {
  let port: UInt16
  /// The certificate, which is its own authority.
  var certificate: String { directory + "/certificate.pem" }
  private let directory: String
  private let process: pid_t
  private let shell: Shell

  /// Starts a server whose certificate is for `name`.
  init(name: String, options: String = "") throws {
    // The shell says who it is and becomes the server.
    shell = try Shell(
      """
      cd "$(mktemp -d)" && pwd || exit
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test \
        -addext subjectAltName=DNS:\(name) -keyout key.pem -out certificate.pem || exit
      echo $$
      exec openssl s_server -accept 127.0.0.1:0 -www -cert certificate.pem -key key.pem \(options)
      """)
    guard let directory = shell.line(), let process = shell.line().flatMap({ pid_t($0) }) else {
      throw Shell.Failure()
    }
    self.directory = directory
    self.process = process
    var port: UInt16?
    while port == nil, let line = shell.line() {
      if line.hasPrefix("ACCEPT ") { port = line.split(separator: ":").last.flatMap { UInt16($0) } }
    }
    guard let port else { throw Shell.Failure() }
    self.port = port
  }

  /// Writes a configuration for OpenSSL in which everything is allowed that it can do at all.
  /// - Returns: its path.
  func laxConfiguration() throws -> String {
    let path = directory + "/openssl.cnf"
    let lines = ["openssl_conf=a", "[a]", "ssl_conf=b", "[b]", "system_default=c", "[c]", "MinProtocol=None"]
    let text = (lines + ["CipherString=DEFAULT@SECLEVEL=0"]).joined(separator: "\\n")
    guard try Shell.succeeds("printf '\(text)' > \(path)") else { throw Shell.Failure() }
    return path
  }

  deinit {
    kill(process, SIGKILL)
    for name in ["/key.pem", "/certificate.pem", "/openssl.cnf"] { unlink(directory + name) }
    rmdir(directory)
  }
}
