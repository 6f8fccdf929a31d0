import Settings
import Testing

@Suite("The effective configuration")
struct EffectiveTextTests {
  /// A value for each key that is not its default.
  private let toml = """
    listen = ["[::1]:1", "unix:/run/x.sock?mode=0660"]
    [router]
    url = "http://r.example:9000/prefix"
    allow_http = true
    api_key_file = "/key"
    ca_file = "/ca.pem"
    proxy = "socks5h://p.example:1080"
    trust = "pinned"
    pins = ["sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]
    key_refresh = "90s"
    minimum_key_bits = 3072
    security_tier = "maximum"
    connect_timeout = "1500ms"
    response_timeout = "2h"
    retries = 0
    [router.rate]
    per_second = 7
    burst = 9
    window = "2s"
    queue = 3
    max_wait = "4s"
    scope = "all"
    [access]
    hosts = []
    origins = ["https://a.example:*", "null"]
    tokens_file = "/tokens"
    uids = [0, 4711]
    allow_remote = true
    unauthenticated_remote = true
    [models]
    list = ["one/two", "three"]
    single_flight = false

    [models.aliases]
    "gpt \\"4\\"\\\\" = "Qwen/Qwen3.5-27B"
    b = "ü\\u2028"
    [compat]
    members = "minimal"
    messages = "pass"
    remote_images = "pass"
    [embeddings]
    url = "http://[::1]:8080/v1/"
    [stream]
    commit_after = "0s"
    keepalive = "100ms"
    [privacy]
    strip_identifiers = "none"
    pad_requests = false
    secure_memory = "required"
    [limits]
    request = 12345
    response = "1GiB"
    connections = 1
    in_flight = 65536
    in_flight_per_token = 0
    bodies = "1GiB"
    header_bytes = "64KiB"
    header_count = 16
    header_timeout = "100ms"
    body_timeout = "1h"
    idle_timeout = "24h"
    write_timeout = "150s"
    requests_per_connection = 0
    [keys]
    mode = "directory"
    directory = "/keys"
    password_file = "/key"
    rotate_every = "0s"
    max_uses = 1
    pool = 9
    bits = 3072
    primes = 3
    [metrics]
    listen = "127.0.0.1:9464"
    [admin]
    listen = "none"
    [shutdown]
    drain = "1ms"
    [log]
    level = "critical"
    format = "json"
    [[chatbots]]
    id = "all-of_it"
    name = "Ä"
    type = "t"
    description = "d \\"q\\""
    model = "b"
    system_prompt = "one\\ntwo \\\\ \\u2028"
    temperature = 1
    top_p = 0.1
    max_tokens = 7
    presence_penalty = -2
    frequency_penalty = 1e-7
    stop = ["\\n", "END"]
    history_turns = 0
    history_size = "1MiB"
    history_lifetime = "90s"
    created_at = "2024-02-29T23:59:59Z"
    [[chatbots]]
    id = "small"
    model = "m"
    """
  private let files = ["/key": "k", "/tokens": "", "/ca.pem": "-----BEGIN CERTIFICATE-----"]

  @Test("it loads back to the same values", arguments: [true, false])
  func roundTrip(usesFile: Bool) throws {
    let first = try load(usesFile ? toml : "", files: files)
    let second = try load(first.effectiveText(), files: files)
    for key in SettingKey.all {
      #expect(key.value(in: second) == key.value(in: first), "\(key.name)")
      #expect(!usesFile || key.value(in: first) != key.defaultValue, "\(key.name) is not tried")
    }
    #expect(second.listen == first.listen)
    #expect(second.router == first.router)
    #expect(second.keys == first.keys)
    #expect(second.admin == first.admin)
    #expect(second.metrics == first.metrics)
    #expect(second.models == first.models)
    #expect(second.compat == first.compat)
    #expect(second.embeddings == first.embeddings)
    #expect(second.chatbots == first.chatbots)
    #expect(second.limits == first.limits)
  }

  @Test("every value that is not a default says where it came from")
  func comments() throws {
    let text = try load(
      "router.retries = 1\nrouter.api_key_file = \"/key\"",
      environment: ["NOMYO_PROXY_LOG_LEVEL": "debug", "NOMYO_API_KEY": "k"],
      flags: ["listen": "127.0.0.1:0"], files: files
    ).effectiveText()
    let lines = text.split(separator: "\n")
    #expect(lines.first == "# The configuration in force; file /c.toml.")
    #expect(lines.contains("listen = [\"127.0.0.1:0\"]  # flag --listen"))
    #expect(lines.contains("retries = 1  # /c.toml:1:1"))
    #expect(lines.contains("level = \"debug\"  # environment NOMYO_PROXY_LOG_LEVEL"))
    #expect(lines.contains("# api_key: set and not shown, from environment NOMYO_API_KEY"))
    #expect(lines.contains("url = \"https://api.nomyo.ai\""))
    #expect(lines.contains("# ca_file: the system's authorities"))
  }

  @Test("a strange file name cannot end its comment")
  func strangeName() throws {
    let name = "/a\nlisten = 5\u{7F}"
    var files = MemoryFiles()
    files.files[name] = MemoryFiles.File(text: Array("log.level = \"debug\"".utf8))
    let settings = try SettingsLoader.load(SettingsSources(configFlag: name, files: files))
    #expect(try load(settings.effectiveText()).log.level == .debug)
  }

  @Test("without any source it says so")
  func defaults() {
    let text = Settings().effectiveText()
    #expect(
      text.hasPrefix(
        "# The configuration in force, without a file.\n# State directory: none.\nlisten = [\"127.0.0.1:12439\"]\n"
      ))
    #expect(text.contains("# api_key: not set, callers' keys go to the router\n"))
  }
}
