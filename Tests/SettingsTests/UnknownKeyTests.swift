import Testing

@testable import Settings

@Suite("Unknown keys")
struct UnknownKeyTests {
  @Test(
    "an unknown key names the nearest known one",
    arguments: [
      ("routr.url", "router.url"), ("url", "router.url"), ("router.ulr", "router.url"),
      ("Router.URL", "router.url"), ("limits.retries", "router.retries"), ("log.levels", "log.level"),
      ("listens", "listen"), ("router.timeout", "router.connect_timeout"),
      ("stream.keep_alive", "stream.keepalive"), ("access.origin", "access.origins"),
      ("alias", "models.aliases"), ("router.key-refresh", "router.key_refresh"),
    ])
  func suggestions(written: String, nearest: String) {
    #expect(
      faults("\(written) = 1") == [
        "/c.toml:1:1: \(written): unknown key; allowed: \(nearest), the nearest known one"
      ])
    #expect(
      faults(flags: [written: "1"]) == [
        "flag \(SettingKey.flagName(written)): \(written): unknown key; "
          + "allowed: \(nearest), the nearest known one"
      ])
  }

  @Test(
    "a key that is near to none is not taken for one: its table's keys are told, or where all are",
    arguments: [
      ("zzqq", "the keys that `nomyo-proxy help-config` lists"),
      ("colour", "the keys that `nomyo-proxy help-config` lists"),
      ("nowhere.colour", "the keys that `nomyo-proxy help-config` lists"),
      ("log.colour", "log.level, log.format"), ("embeddings.zzqq", "embeddings.url"),
    ])
  func farAway(written: String, allowed: String) {
    #expect(faults("\(written) = 1") == ["/c.toml:1:1: \(written): unknown key; allowed: \(allowed)"])
  }

  @Test(
    "a name of three letters may be wrong in one, of six in two",
    arguments: [
      ("abd", "abc"), ("xyc", nil), ("abcdex", "abcdef"), ("abcdxy", "abcdef"), ("abcxyz", nil), ("", nil),
      ("x", nil),
    ])
  func limits(written: String, nearest: String?) {
    #expect(NearestName.nearest(to: written, among: ["abc", "abcdef"]) == nearest)
    #expect(NearestName.nearest(to: written, among: []) == nil)
  }

  @Test("every unknown key below an unknown table is named, and an empty one is named itself")
  func tables() {
    #expect(
      faults("[rooter]\nurl = \"x\"\nretries = 1").map { $0.split(separator: ";")[0] } == [
        "/c.toml:2:1: rooter.url: unknown key", "/c.toml:3:1: rooter.retries: unknown key",
      ])
    #expect(faults("[rooter]").map { $0.split(separator: ";")[0] } == ["/c.toml:1:2: rooter: unknown key"])
    #expect(
      faults("[[robots]]\nid = \"x\"\n[[robots]]\nid = \"y\"").map { $0.split(separator: ";")[0] } == [
        "/c.toml:1:3: robots: unknown key"
      ])
  }

  @Test("a quoted key with a dot is not the key of that path")
  func quotedDots() {
    #expect(
      faults("\"router.url\" = \"https://r.example\"") == [
        "/c.toml:1:1: \"router.url\": unknown key; allowed: router.url, the nearest known one"
      ])
  }

  @Test(
    "an unknown variable of ours names the nearest known one, anybody else's is left alone",
    arguments: [
      ("NOMYO_PROXY_ROUTR_URL", "NOMYO_PROXY_ROUTER_URL"), ("NOMYO_PROXY_URL", "NOMYO_PROXY_ROUTER_URL"),
      ("NOMYO_PROXY_CONFG", "NOMYO_PROXY_CONFIG"),
      ("NOMYO_PROXY_LOGLEVEL", "NOMYO_PROXY_LOG_LEVEL"), ("NOMYO_PROXY_router_url", "NOMYO_PROXY_ROUTER_URL"),
    ])
  func variables(written: String, nearest: String) {
    #expect(
      faults(environment: [written: "x", "NOMYO_OTHER": "x", "PATH": "/bin"]) == [
        "environment \(written): unknown variable; allowed: \(nearest), the nearest known one"
      ])
  }

  @Test(
    "a variable that is near to none of ours is only said to be unknown",
    arguments: ["NOMYO_PROXY_", "NOMYO_PROXY_ZZQQ", "NOMYO_PROXY_COLOUR", "NOMYO_PROXY_EMBEDDINGS_ZZQQ"])
  func farAwayVariables(written: String) {
    #expect(
      faults(environment: [written: "x"]) == [
        "environment \(written): unknown variable; "
          + "allowed: the variables that `nomyo-proxy help-config` lists"
      ])
  }

  @Test(
    "distances count insertions, deletions, replacements and swaps",
    arguments: [
      ("", "", 0), ("abc", "abc", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abd", 1), ("abc", "acb", 1),
      ("abc", "bc", 1), ("ca", "abc", 3), ("kitten", "sitting", 3),
    ])
  func edits(left: String, right: String, distance: Int) {
    #expect(NearestName.edits(Array(left.utf8), Array(right.utf8)) == distance)
    #expect(NearestName.edits(Array(right.utf8), Array(left.utf8)) == distance)
  }
}
