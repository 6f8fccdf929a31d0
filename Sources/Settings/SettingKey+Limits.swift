extension SettingKey {
  /// Bounds on what is held at once, and for how long.
  static let limits: [SettingKey] = [
    SettingKey(
      "limits.request", \.limits.request, .size(1 << 10, 10 << 20),
      "The largest request body, after decompression as well. The router takes no more than 10MiB."),
    SettingKey(
      "limits.response", \.limits.response, .size(1 << 10, 1 << 30),
      "The largest answer that is accepted from the router."),
    SettingKey(
      "limits.connections", \.limits.connections, .integer(1...65536),
      "How many connections callers may hold open at once."),
    SettingKey(
      "limits.in_flight", \.limits.inFlight, .integer(1...65536),
      "How many requests may be under way at once; one more is refused."),
    SettingKey(
      "limits.in_flight_per_token", \.limits.inFlightPerToken, .integer(0...65536),
      """
      How many of them may be under way under one local token; one more is answered 429. 0 sets no limit of its \
      own. Those that wait for their turn at the router do not count.
      """),
    SettingKey(
      "limits.bodies", \.limits.bodies, .size(16 << 20, 64 << 30),
      """
      How much memory the bodies of requests may take together while they are received and answered, and answers while \
      slow readers take them, without the first 64KiB of each. When it is full, whatever has been on its way for more \
      than five seconds gives way, and else the newest body is refused. What the requests become takes as much again at \
      most: decompressed, in the router's dialect, and sealed; one local token leaves an eighth of it to others. \
      Answers have another such room while they come from the router and are opened, and those of an embedder a third: \
      one that finds none is dropped, and an answer that is alone always finds some.
      """),
    SettingKey(
      "limits.header_bytes", \.limits.headerBytes, .size(1 << 10, 1 << 20),
      "The most bytes of a request line with all header fields; a larger head is answered 431."),
    SettingKey(
      "limits.header_count", \.limits.headerCount, .integer(16...4096),
      "The most header fields of a request; one more is answered 431."),
    SettingKey(
      "limits.header_timeout", \.limits.headerTimeout, .duration(.milliseconds(100), .seconds(3600)),
      """
      The time from the first byte of a connection or a request to the end of its head. What takes longer is answered \
      408, and a connection that says nothing is closed.
      """),
    SettingKey(
      "limits.body_timeout", \.limits.bodyTimeout, .duration(.milliseconds(100), .seconds(3600)),
      "The time in which 1KiB more of a body, or its end, has to arrive; else the request is answered 408."),
    SettingKey(
      "limits.idle_timeout", \.limits.idleTimeout, .duration(.seconds(1), .seconds(24 * 3600)),
      "The time that a connection may wait for its next request before it is closed."),
    SettingKey(
      "limits.write_timeout", \.limits.writeTimeout, .duration(.milliseconds(100), .seconds(3600)),
      "The time in which a caller has to take 1KiB more of its answer, or the rest; else the connection is cut."
    ),
    SettingKey(
      "limits.requests_per_connection", \.limits.requestsPerConnection, .integer(0...1_000_000_000),
      "How many requests a connection may carry; the last answer says `connection: close`. 0 sets no limit."),
  ]
}
