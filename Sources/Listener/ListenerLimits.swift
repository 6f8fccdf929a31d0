/// What the listener grants a caller.
///
/// The defaults are meant for a daemon that answers programs on the same machine: generous with time, because
/// answers of language models take minutes, and strict with everything that one caller could hold on to.
public struct ListenerLimits: Sendable, Equatable {
  /// Connections at once.
  ///
  /// Those beyond it are told so with a 503, which names the reason where a pause in accepting would be a
  /// silent hang; some way beyond even that (``excessConnections``) they are closed unheard.
  public var maxConnections = 1024
  /// Connections beyond ``maxConnections`` that are told the reason.
  public var excessConnections = 64
  /// Bytes of the request line and all fields, names and values.
  public var maxHeaderBytes = 32 * 1024
  /// Fields in a head.
  public var maxHeaderFields = 128
  /// Requests that may wait behind the one being answered on the same connection.
  public var maxPipelined = 32
  /// From the first byte of a connection or a request to the end of its head.
  public var headerTimeout: Duration = .seconds(30)
  /// Within this time at least ``bodyProgress`` bytes of a body must arrive, or its end.
  public var bodyTimeout: Duration = .seconds(30)
  /// See ``bodyTimeout``.
  public var bodyProgress = 1024
  /// How long a connection may wait for its next request.
  public var idleTimeout: Duration = .seconds(75)
  /// Within this time a caller has to take at least ``writeProgress`` bytes of its answer, or the rest.
  public var writeTimeout: Duration = .seconds(120)
  /// See ``writeTimeout``.
  public var writeProgress = 1024
  /// Requests on one connection; 0 for any number.
  public var requestsPerConnection = 0
  /// Bytes of bodies that all connections together may hold, without the first ``bodyShare`` of each.
  ///
  /// A request's count from their arrival until its answer is out, an answer's while its caller does not take it.
  public var bodyRoom = 256 << 20
  /// See ``bodyRoom``.
  public var bodyShare = 64 * 1024
  /// How long a body may be on its way before it has to give way to others when ``bodyRoom`` is full, and how long the
  /// rest of one may take when the server goes down.
  ///
  /// The largest takes a fraction of a second between programs of one machine.
  public var bodyPatience: Duration = .seconds(5)
  /// How long, after the last answer of a connection, what still arrives is read and thrown away, so that the
  /// answer is not lost to a reset (RFC 9112 section 9.6).
  public var lingerTime: Duration = .seconds(2)
  /// How long a request may have been on its way that its caller sent before it could know that the connection ends.
  ///
  /// So long an idle connection is still listened to when the server goes down, and so long what comes after the end of
  /// an idle connection is read and thrown away. Between programs of one machine microseconds would do, and across a
  /// continent tens of milliseconds; the rest is for a machine under load. An idle server stops in twice that time.
  public var crossingTime: Duration = .milliseconds(250)
  /// Bytes of an unwanted body that are read to keep the connection, rather than closing it.
  public var discardLimit = 64 * 1024

  /// The defaults.
  public init() {}
}
