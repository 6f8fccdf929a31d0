import Dialects
import Pacing

extension SettingKey {
  /// Every key there is, in the order in which people read about them.
  public static let all: [SettingKey] = exchange + limits + own

  private static let exchange: [SettingKey] = [
    SettingKey(
      "listen", \.listen, .list(of: .listenAddress, atLeast: 1),
      """
      Where callers reach the proxy. `systemd` takes the sockets of a socket unit, and is used by itself \
      when there are any. With `tls:` before an address or before `systemd`, callers speak TLS there.
      """),
    SettingKey(
      "chatbots", \.chatbots, .chatbots,
      """
      Models with a task, for Enclava's routes under `/api/v1/chatbot`: each has a name, a model, and what \
      it is told before each conversation. The example file shows one at its end.
      """),

    SettingKey(
      "router.url", \.router.url, .routerURL,
      "The router's address. A path prefix is kept, a `/` at the end is dropped."),
    SettingKey(
      "router.allow_http", \.router.allowHTTP, .boolean,
      """
      Accepts a router that is spoken to in clear text, for development. Anybody on the way can then read \
      the API key, and hand out a key of their own for prompts to be sealed to.
      """),
    SettingKey(
      "router.api_key_file", \.router.apiKeyFile, .path,
      absent: "the systemd credential router-api-key, if there is one",
      example: "/etc/nomyo-proxy/router-api-key",
      """
      The file that holds the API key for the router. The variable `NOMYO_API_KEY` holds the key itself. \
      Without any of them the caller's own key goes to the router.
      """),
    SettingKey(
      "router.ca_file", \.router.caFile, .path,
      absent: "the system's authorities", example: "/etc/nomyo-proxy/router-ca.pem",
      "A PEM file of the certificate authorities that may vouch for the router, instead of the system's."),
    SettingKey(
      "router.proxy", \.router.proxy, .proxy,
      """
      The proxy on the way to the router. The variables `HTTPS_PROXY`, `ALL_PROXY` and their like count \
      only when this is `environment`.
      """),
    SettingKey(
      "router.minimum_key_bits", \.router.minimumKeyBits, .integer(2048...8192),
      """
      Router keys with fewer bits are refused. The scheme is named after RSA-4096; lower it only for a \
      router of your own.
      """),
    SettingKey(
      "router.trust", \.router.trust, .word,
      """
      What makes the router's key one to seal for. `first-use`: the first key seen is remembered, and a \
      different one is refused until `nomyo-proxy trust accept` allows it; `pinned`: only the keys in \
      `router.pins`; `tls`: whatever comes over the authenticated connection.
      """),
    SettingKey(
      "router.pins", \.router.pins, .list(of: .fingerprint),
      """
      The fingerprints of router keys that are trusted, `sha256/` and the base64 of the SHA-256 of the key's \
      SubjectPublicKeyInfo. The next key can stand here before the router uses it.
      """),
    SettingKey(
      "router.key_refresh", \.router.keyRefresh, .duration(.seconds(1), .seconds(24 * 3600)),
      "How often the router's public key is looked at again, in the background."),
    SettingKey(
      "router.security_tier", \.router.securityTier, .wordOrNone(),
      "The tier to ask the router for when a request names none; with `none` the router chooses."),
    SettingKey(
      "router.connect_timeout", \.router.connectTimeout, .duration(.milliseconds(100), .seconds(300)),
      "The time that a connection to the router may take to come about."),
    SettingKey(
      "router.response_timeout", \.router.responseTimeout, .duration(.milliseconds(100), .seconds(24 * 3600)),
      """
      The time that one request may take, with everything: its turn, its keys, its retries, the router's answer. A caller \
      may ask for less with `x-request-timeout: SECONDS`.
      """),
    SettingKey(
      "router.retries", \.router.retries, .integer(0...10),
      """
      How many times a request is sealed and sent again after a failure that may pass. While there is no \
      connection nothing was sent, so attempts to get one do not count, and go on for ten seconds; with 0 there \
      is one attempt, whatever happens.
      """),
    SettingKey(
      "router.rate.per_second", \.router.rate.policy.perSecond, .integer(0...10_000),
      "How many requests go to the router in any second under one API key; 0 sets no limit."),
    SettingKey(
      "router.rate.burst", \.router.rate.policy.burst, .integer(1...10_000),
      "How many may go in one second of each window; no more than `per_second` means no bursts."),
    SettingKey(
      "router.rate.window", \.router.rate.policy.window, .duration(.seconds(1), .seconds(3600)),
      "The time from one burst to the next."),
    SettingKey(
      "router.rate.queue", \.router.rate.policy.queue, .integer(0...65536),
      """
      How many requests may wait for their turn under one API key; one more is answered 429. Callers take turns, \
      and the last eighth of the places is for callers of whom nobody waits yet.
      """),
    SettingKey(
      "router.rate.max_wait", \.router.rate.policy.maxWait, .duration(.zero, .seconds(3600)),
      "The time that a request waits for its turn; one that would wait longer is answered 429 at once."),
    SettingKey(
      "router.rate.scope", \.router.rate.scope, .word,
      """
      Which requests count: `completions`; `authenticated`, which is lists of models as well, because they carry \
      the API key; or `all`, the router's public key as well.
      """),

    SettingKey(
      "tls.certificate_file", \.tls.certificateFile, .path,
      absent: "none; needed where `listen` says `tls:`", example: "/etc/nomyo-proxy/tls-chain.pem",
      """
      A PEM file with the certificate for callers over TLS, followed by those of the authorities between it \
      and the one that callers trust. ECDSA P-256 costs the least; RSA keys over 4096 bits are refused. A reload \
      takes it anew.
      """),
    SettingKey(
      "tls.key_file", \.tls.keyFile, .path,
      absent: "the systemd credential tls-key, if there is one", example: "/etc/nomyo-proxy/tls-key.pem",
      "A PEM file with the private key of that certificate, without a password. A reload takes it anew."),
    SettingKey(
      "access.hosts", \.access.hosts, .list(of: .host),
      """
      The hosts that callers may name in the `Host` header, on any port. `loopback` stands for localhost, \
      names that end in .localhost, 127.0.0.0/8 and [::1], and `addresses` for any IP address. Anything else is \
      refused, which keeps web pages out that point their own name at this machine.
      """),
    SettingKey(
      "access.origins", \.access.origins, .list(of: .origin),
      """
      The web origins that may call. `loopback` stands for http and https on localhost, 127.0.0.1 and \
      [::1], on any port. Programs that send no `Origin` header are not concerned; an empty list allows no \
      web page.
      """),
    SettingKey(
      "access.tokens_file", \.access.tokensFile, .path,
      absent: "callers need no token", example: "/etc/nomyo-proxy/tokens",
      """
      The file of local tokens, of which callers must bring one where their tools have an API key: lines \
      `NAME:SHA256-HEX`, comments behind `#`. `nomyo-proxy tokens new NAME` makes them. A reload reads it again.
      """),
    SettingKey(
      "access.uids", \.access.uids, .list(of: .integer(0...4_294_967_294)),
      """
      The numbers of the users who may call through a unix socket of `listen`, as the kernel names them. Empty: \
      everybody whom the socket's mode lets in.
      """),
    SettingKey(
      "access.allow_remote", \.access.allowRemote, .boolean,
      """
      Accepts entries of `listen` that other machines can reach. It needs `access.tokens_file` as well, and \
      `access.hosts` with the names that callers use.
      """),
    SettingKey(
      "access.unauthenticated_remote", \.access.unauthenticatedRemote, .boolean,
      """
      With `access.allow_remote`, accepts that without tokens. Whoever reaches the port can then spend the API key, so \
      something else has to keep strangers away.
      """),

    SettingKey(
      "models.aliases", \.models.aliases, .aliases,
      """
      Local names for the router's models, for tools that insist on a name: `{ "gpt-4o" = \
      "Qwen/Qwen3.5-27B" }`.
      """),
    SettingKey(
      "models.list", \.models.list, .list(of: .modelName),
      "The models to list, instead of asking the router. Requests for others are sent all the same."),
    SettingKey(
      "models.single_flight", \.models.singleFlight, .boolean,
      """
      Whether callers who ask for the list at the same time share one question to the router. Questions for the \
      router's key are always shared, requests for completions never.
      """),

    SettingKey(
      "compat.members", \.compat.members, .word,
      """
      What happens to members of a request that the router's documentation does not name. `auto`: they are \
      sent, and left out from then on when the router refuses a request for them; `pass`: they are sent; \
      `minimal`: they are left out.
      """),
    SettingKey(
      "compat.messages", \.compat.messages, .word,
      """
      Whether messages are brought into the form that models' chat templates need, such as one system \
      message at the beginning. `auto`: they are; `pass`: they are sent as they come.
      """),
    SettingKey(
      "compat.remote_images", \.compat.remoteImages, .word,
      """
      What happens to images and whatever else a request names by an address that somebody would fetch. \
      `refuse`: the request is refused, because the router's host would fetch it in the clear; `pass`: the \
      address is sent. This proxy never fetches it.
      """),

    SettingKey(
      "embeddings.url", \.embeddings.url, .embedderURL,
      absent: "embeddings are refused with status 501", example: "http://127.0.0.1:11434/v1",
      """
      An OpenAI-compatible embedder on this machine, for `/v1/embeddings`: the router has no sealed \
      embeddings. The base URL as SDKs take it; without a path it is `/v1`.
      """),

    SettingKey(
      "stream.commit_after", \.stream.commitAfter, .duration(.zero, .seconds(600)),
      """
      How long the head of a streamed answer is held back, so that an early failure still is a real HTTP \
      status.
      """),
    SettingKey(
      "stream.keepalive", \.stream.keepalive, .duration(.milliseconds(100), .seconds(600)),
      "The time between two heartbeats while a stream waits for the router."),

    SettingKey(
      "privacy.strip_identifiers", \.privacy.stripIdentifiers, .word,
      """
      Which identifying members are taken out of a request before it is sealed. `account`: metadata, \
      client_metadata, litellm_*, safety_identifier, user_id, session_id, conversation_id, thread_id, trace_id, \
      prompt_cache_*, store, and these and id of messages; `all`: user as well; `none`: nothing.
      """),

    SettingKey(
      "privacy.pad_requests", \.privacy.padRequests, .boolean,
      """
      Hides how long a prompt is: the text to seal is filled up with spaces to 2 KiB, and beyond that in \
      steps of at most an eighth.
      """),
    SettingKey(
      "privacy.secure_memory", \.privacy.secureMemory, .word,
      """
      Keeps memory from being swapped out, dumped, or read by other programs of the user, and overwrites it \
      when it is freed. `auto` does what the system allows and warns of the rest, `required` does not start \
      without all of it.
      """),
  ]

  private static let own: [SettingKey] = [
    SettingKey(
      "keys.mode", \.keys.mode, .word,
      """
      Where the pair lives. `memory`: in this process and nowhere else; `directory`: in files that NOMYO's own \
      tools read and write.
      """),
    SettingKey(
      "keys.directory", \.keys.directory, .path,
      absent: "client_keys in the state directory", example: "/var/lib/nomyo-proxy/client_keys",
      "The directory of `private_key.pem` and `public_key.pem`, with `keys.mode` `directory`."),
    SettingKey(
      "keys.password_file", \.keys.passwordFile, .path,
      absent: "the systemd credential client-key-password, if there is one",
      example: "/etc/nomyo-proxy/client-key-password",
      "The file that holds the password of the stored private key. Without one the key is stored plain."),
    SettingKey(
      "keys.rotate_every", \.keys.rotateEvery, .duration(.zero, .seconds(10_000 * 3600)),
      "The age at which a pair is replaced by a new one; `0s` never replaces it by age."),
    SettingKey(
      "keys.max_uses", \.keys.maxUses, .integer(0...1_000_000_000),
      """
      How many requests a pair is announced in before it is replaced; 0 sets no limit. With 1 every request \
      has a pair of its own.
      """),
    SettingKey(
      "keys.pool", \.keys.pool, .integer(0...256),
      "How many pairs are made ahead, by a thread that only runs when nothing else wants to."),
    SettingKey(
      "keys.bits", \.keys.bits, .oneOf([3072, 4096]),
      "The size of the RSA keys that answers are sealed to."),
    SettingKey(
      "keys.primes", \.keys.primes, .oneOf([2, 3, 4]),
      """
      The number of primes in a pair. With 4 an answer is opened in about a third of the time; NOMYO's Python \
      package cannot load such a private key.
      """),

    SettingKey(
      "admin.listen", \.admin.entry, .adminAddress,
      absent: "admin.sock in the runtime directory, where there is one",
      example: "unix:/run/nomyo-proxy/admin.sock?mode=0600",
      "Where `nomyo-proxy status`, `keys` and `trust` reach the running daemon, and where its metrics are."),

    SettingKey(
      "metrics.listen", \.metrics.entry, .monitorAddress, absent: "none", example: "127.0.0.1:9464",
      """
      A second way to `/metrics`, `/healthz` and `/readyz`, and to nothing else, for monitoring systems and probes: \
      they tell counts and states, and nothing of requests. Beside `access.hosts`, any address may stand in `Host` there.
      """),

    SettingKey(
      "shutdown.drain", \.shutdown.drain, .duration(.zero, .seconds(3600)),
      "The time that requests in flight get to finish when the service stops."),

    SettingKey(
      "log.level", \.log.level, .word,
      "The least important messages that are logged. No level logs prompts or answers."),
    SettingKey(
      "log.format", \.log.format, .word,
      """
      The form of the log. `auto`: `journal` where systemd connected standard error to the journal, `text` on a \
      terminal, otherwise `json`.
      """),
  ]
}
