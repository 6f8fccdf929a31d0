import Foundation

/// A certificate and its key, made by OpenSSL's command.
struct TestCertificate {
  let chain: [UInt8]
  let key: [UInt8]

  /// Issued by itself for 127.0.0.1.
  ///
  /// - Parameters:
  ///   - kind: the key's, as `openssl genpkey -algorithm` wants it.
  ///   - days: how long it is valid from now on.
  init(kind: [String] = ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"], days: Int = 1) throws {
    key = try Self.openssl(["genpkey", "-algorithm"] + kind)
    chain = try Self.openssl(
      [
        "req", "-x509", "-key", "/dev/stdin", "-days", "\(days)", "-subj", "/CN=test", "-addext",
        "subjectAltName=IP:127.0.0.1",
      ], input: key)
  }

  /// The key under a password.
  func encryptedKey() throws -> [UInt8] {
    try Self.openssl(["pkey", "-aes256", "-passout", "pass:word"], input: key)
  }

  /// The certificate without its armour.
  var der: [UInt8]? {
    let lines = String(decoding: chain, as: UTF8.self).split(separator: "\n").filter {
      !$0.hasPrefix("-----")
    }
    return Data(base64Encoded: lines.joined()).map(Array.init)
  }

  /// A certificate as PEM.
  static func pem(_ der: [UInt8]) -> [UInt8] {
    let text = Data(der).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
    return Array("-----BEGIN CERTIFICATE-----\n\(text)\n-----END CERTIFICATE-----\n".utf8)
  }

  private static func openssl(_ arguments: [String], input: [UInt8] = []) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = arguments
    let (inner, outer) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput) = (inner, outer)
    process.standardError = FileHandle.nullDevice
    try process.run()
    try inner.fileHandleForWriting.write(contentsOf: Data(input))
    try inner.fileHandleForWriting.close()
    let said = try outer.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Array(said)
  }
}
