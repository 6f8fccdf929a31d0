// swift-tools-version: 6.2
import PackageDescription

/// The rules every target of ours is compiled under, in one place.
let ours: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// How the release programs are linked: nothing exported that nobody loads, and equal functions folded into one.
let lean: [LinkerSetting] = [
  .unsafeFlags(
    ["-Xlinker", "--no-export-dynamic", "-Xlinker", "--icf=safe"], .when(configuration: .release))
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: ours)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: ours)
}

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let inMemoryLogging = Target.Dependency.product(name: "InMemoryLogging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let toml = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")

/// What `--version` says.
let version = "0.1.0"
let commit = Context.gitInformation.map { String($0.currentCommit.prefix(12)) } ?? "no commit"

let package = Package(
  name: "nomyo-proxy",
  products: [
    .executable(name: "nomyo-proxy", targets: ["nomyo-proxy"]),
    .executable(name: "nomyo-dev-router", targets: ["nomyo-dev-router"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
  ],
  targets: [
    // Layer 0: C.
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(
      name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
    .target(name: "CPlatform", cSettings: [.define("_GNU_SOURCE")]),
    .target(
      name: "CVersion",
      cSettings: [
        .define("NOMYO_PROXY_VERSION", to: "\"\(version)\""),
        .define("NOMYO_PROXY_COMMIT", to: "\"\(commit)\""),
      ]),

    // Layer 1
    module("Platform", ["CPlatform"]),
    module("JSONText"),
    // Layer 2
    module("Sealing", ["COpenSSL", "Platform"]),
    module("ContentCoding", ["CZlib", "CZstd"]),
    // Layer 3
    module("Envelope", ["Sealing", "JSONText", "Platform"]),
    module("ClientKeys", ["Sealing", "Platform"]),
    module("RouterTrust", ["Sealing", "Platform", "JSONText"]),
    module("Tokens", ["Sealing", "Platform"]),
    // Layer 4
    module("Upstream", ["CCurl", "Platform", httpTypes]),
    module("Pacing", ["Platform"]),
    module("Telemetry", ["Platform"]),
    module("Dialects", ["JSONText"]),
    module("APIDocumentation", ["JSONText", "Sealing"]),
    module("Listener", ["Platform", nioCore, nioPosix, nioHTTP1, httpTypes, logging]),
    // Layer 5
    module(
      "Relay",
      [
        "Platform", "JSONText", "Sealing", "Envelope", "ClientKeys", "RouterTrust", "Upstream",
        "Pacing", "Telemetry", "Tokens", "Dialects", "APIDocumentation", "ContentCoding", "Listener",
        httpTypes,
        logging,
      ]),
    module("Service", ["CSystemd", "Platform"]),
    module(
      "Settings",
      ["Platform", "JSONText", "Sealing", "Envelope", "RouterTrust", "Tokens", "Pacing", "Dialects", toml]),
    // Layer 6
    module(
      "Daemon",
      [
        "Platform", "Sealing", "ClientKeys", "RouterTrust", "Upstream", "Pacing", "Listener", "Relay",
        "Service", "Settings", "Telemetry", "Tokens", "Dialects", "Envelope", "JSONText", httpTypes,
        lifecycle,
        signals, logging,
      ]),
    // Layer 7
    module(
      "Commands",
      [
        "CVersion", "Platform", "JSONText", "Sealing", "ClientKeys", "RouterTrust", "Tokens", "Pacing",
        "Daemon",
        "Settings", "Listener", "Upstream", httpTypes, arguments, logging,
      ]),
    module(
      "DevRouter",
      [
        "Platform", "JSONText", "Sealing", "Envelope", "Upstream", "Listener", httpTypes, lifecycle, signals,
        arguments, logging,
      ]),
    .executableTarget(
      name: "nomyo-proxy", dependencies: ["Commands", arguments], swiftSettings: ours, linkerSettings: lean),
    .executableTarget(
      name: "nomyo-dev-router", dependencies: ["DevRouter", arguments], swiftSettings: ours,
      linkerSettings: lean),

    // Tests
    .target(name: "TestVectors", path: "Tests/TestVectors", swiftSettings: ours),
    .target(name: "TestTwins", dependencies: ["Platform"], path: "Tests/TestTwins", swiftSettings: ours),
    tests("PlatformTests", ["Platform"]),
    tests("JSONTextTests", ["JSONText"]),
    tests("SealingTests", ["Sealing", "Platform", "COpenSSL", "TestVectors"]),
    tests("EnvelopeTests", ["Envelope", "Sealing", "JSONText", "TestVectors"]),
    tests("ClientKeysTests", ["ClientKeys", "Platform", "Sealing", "TestTwins", "TestVectors"]),
    tests("TokensTests", ["Tokens", "Platform", "Sealing"]),
    tests("RouterTrustTests", ["RouterTrust", "Platform", "Sealing", "JSONText", "TestVectors"]),
    tests("UpstreamTests", ["Upstream", "CCurl", "Platform", httpTypes]),
    tests("PacingTests", ["Pacing", "Platform", "TestTwins"]),
    tests("DialectsTests", ["Dialects", "JSONText"]),
    tests("APIDocumentationTests", ["APIDocumentation", "Dialects", "JSONText", "Sealing"]),
    tests("ContentCodingTests", ["ContentCoding", "CZlib", "CZstd"]),
    tests(
      "ListenerTests", ["Listener", "Platform", nioCore, nioPosix, nioHTTP1, nioEmbedded, httpTypes, logging]),
    tests(
      "RelayTests",
      [
        "Relay", "Platform", "JSONText", "Sealing", "Envelope", "ClientKeys", "RouterTrust", "Upstream",
        "Pacing", "Telemetry", "Tokens", "Dialects", "APIDocumentation", "ContentCoding", "Listener",
        "TestTwins",
        "TestVectors", httpTypes, logging,
        inMemoryLogging,
      ]),
    tests(
      "DaemonTests",
      [
        "Daemon", "ClientKeys", "Dialects", "Envelope", "JSONText", "Listener", "Pacing", "Platform", "Relay",
        "RouterTrust",
        "Sealing", "Service", "Settings", "Telemetry", "TestTwins", "TestVectors", "Tokens", "Upstream",
        httpTypes, logging, inMemoryLogging,
      ]),
    tests("ServiceTests", ["Service", "Platform"]),
    tests("TelemetryTests", ["Telemetry"]),
    tests(
      "CommandsTests",
      [
        "Commands", "ClientKeys", "Daemon", "Listener", "Pacing", "Platform", "RouterTrust", "Sealing",
        "Settings", "TestVectors", "Tokens",
        arguments,
      ]),
    tests(
      "DevRouterTests",
      [
        "DevRouter", "Platform", "JSONText", "Sealing", "Envelope", "Listener", "TestVectors", httpTypes,
      ]),
    tests(
      "SettingsTests", ["Settings", "Platform", "Sealing", "RouterTrust", "Tokens", "Dialects", "Envelope"]),
  ],
  swiftLanguageModes: [.v6]
)
