import CCurl
import Glibc

/// One request on its way: an easy handle with everything that must live as long as it does.
///
/// It belongs to `CurlEngine` and is only touched on the curl thread; libcurl's callbacks get it as their
/// pointer.
final class Transfer {
  /// What becomes of it.
  typealias Outcome = Result<UpstreamResponse, UpstreamError>

  /// What the engine knows it by.
  let id: Int
  /// The actor that owns it.
  let engine: CurlEngine
  /// Who waits for the outcome; resumed once, by the engine.
  let continuation: CheckedContinuation<Outcome, Never>
  /// The easy handle.
  let easy: UnsafeMutableRawPointer

  private var machine: TransferMachine
  private let requestBody: [UInt8]
  private let wantsCertificate: Bool
  private let onSending: (@Sendable () -> Void)?
  private var answerBody: [UInt8] = []
  private let share: AnswerRoom.Share
  private let message: UnsafeMutablePointer<CChar>
  private var lines: UnsafeMutablePointer<curl_slist>?

  /// A transfer that is set up and not started.
  init(
    _ request: UpstreamRequest, id: Int, options: UpstreamOptions, maxConnectionAge: Int?, engine: CurlEngine,
    sockets: OpenSockets, room: AnswerRoom, continuation: CheckedContinuation<Outcome, Never>
  ) throws(CurlFault) {
    guard let easy = curl_easy_init() else { throw CurlFault(code: CURLE_OUT_OF_MEMORY) }
    self.easy = easy
    self.id = id
    self.engine = engine
    self.continuation = continuation
    machine = TransferMachine(request)
    share = AnswerRoom.Share(room)
    requestBody = request.body
    wantsCertificate = request.wantsCertificate
    onSending = request.onSending
    message = .allocate(capacity: Int(CURL_ERROR_SIZE))
    message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    let setup = EasySetup(easy: easy)
    try setup.apply(options)
    try setup.apply(request, options)
    if let maxConnectionAge { try setup.distrustConnections(olderThan: maxConnectionAge) }
    lines = try setup.header(of: request)
    try setup.callbacks(
      context: Unmanaged.passUnretained(self).toOpaque(), message: message, sockets: sockets)
  }

  deinit {
    curl_easy_cleanup(easy)
    curl_slist_free_all(lines)
    message.deallocate()
  }

  /// The transfer that a handle was set up for.
  static func of(_ easy: UnsafeMutableRawPointer) -> Transfer? {
    var context: UnsafeMutableRawPointer?
    guard ccurl_easy_get_pointer(easy, CURLINFO_PRIVATE, &context) == CURLE_OK, let context else {
      return nil
    }
    return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  }

  /// Whether it went over a connection that was there already; known when it has ended.
  var hasReusedConnection: Bool { easy.fact(CURLINFO_NUM_CONNECTS) == 0 }

  // MARK: How it ends

  /// libcurl is done; `nil` if the transfer was over before.
  func ended(_ code: CURLcode) -> Outcome? {
    let proxyStatus = easy.fact(CURLINFO_HTTP_CONNECTCODE)
    return outcome(machine.ended(.init(code: code, reason: reason(code), proxyStatus: proxyStatus)))
  }

  /// Nobody waits for it any more; `nil` if the transfer was over before.
  func abandoned(_ reason: UpstreamError) -> Outcome? {
    outcome(machine.abandoned(reason))
  }

  private func outcome(_ action: TransferMachine.Action) -> Outcome? {
    switch action {
    case .deliver(let head):
      .success(
        UpstreamResponse(
          status: head.status, fields: head.fields, body: answerBody, timing: easy.timing,
          certificate: wantsCertificate ? easy.serverCertificate : nil, share: share))
    case .fail(let error): .failure(error)
    case .proceed, .abort, .hand, .keep, .skip, .ignore: nil
    }
  }

  private func reason(_ code: CURLcode) -> String {
    let text = message.pointee == 0 ? curl_easy_strerror(code) : UnsafePointer(message)
    return text.map { Self.oneLine(String(cString: $0)) } ?? "error \(code.rawValue)"
  }

  /// A message of libcurl's, which may quote a certificate of anybody's: for a log and a terminal, and not long.
  static func oneLine(_ message: String) -> String {
    let shown = message.utf8.prefix(200).map { 0x20..<0x7F ~= $0 ? $0 : UInt8(ascii: "?") }
    return String(decoding: shown, as: UTF8.self)
  }

  // MARK: What libcurl calls

  /// Before each request that goes out.
  func connectionReady() -> CInt {
    guard machine.connectionReady() == .proceed else { return CInt(CURL_PREREQFUNC_ABORT) }
    onSending?()
    return CInt(CURL_PREREQFUNC_OK)
  }

  /// For the next bytes of the request's body.
  func fill(_ room: UnsafeMutableRawBufferPointer) -> Int {
    guard case .hand(let range) = machine.bodyWanted(upTo: room.count) else {
      return Int(CURL_READFUNC_ABORT)
    }
    requestBody.withUnsafeBytes { room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[range])) }
    return range.count
  }

  /// With one line of an answer's head.
  /// - Returns: how much of it was taken; less than all makes libcurl stop.
  func headerLineArrived(_ line: UnsafeRawBufferPointer) -> Int {
    machine.headerLineArrived(line) == .proceed ? line.count : 0
  }

  /// With some bytes of the answer's body.
  /// - Returns: how many of them were taken; less than all makes libcurl stop.
  func bytesArrived(_ bytes: UnsafeRawBufferPointer) -> Int {
    switch machine.bytesArrived(bytes.count) {
    case .keep(let capacity):
      guard share.grow(to: capacity) else {
        machine.roomRefused(limit: share.room.limit)
        forgetBody()
        return 0
      }
      if capacity > answerBody.capacity { answerBody.reserveCapacity(capacity) }
      answerBody.append(contentsOf: bytes)
      return bytes.count
    case .skip:
      forgetBody()
      return bytes.count
    case .proceed, .abort, .hand, .deliver, .fail, .ignore:
      return 0
    }
  }

  /// At once, and not when libcurl has let go of the transfer: others may want the room meanwhile.
  private func forgetBody() {
    answerBody = []
    share.giveBack()
  }
}

extension UnsafeMutableRawPointer {
  /// A whole number that an easy handle knows, 0 if it does not.
  fileprivate func fact(_ info: CURLINFO) -> Int {
    var value = 0
    return ccurl_easy_get_long(self, info, &value) == CURLE_OK ? value : 0
  }

  /// A time that an easy handle knows, zero if it does not.
  private func time(_ info: CURLINFO) -> Duration {
    var microseconds = curl_off_t(0)
    guard ccurl_easy_get_offset(self, info, &microseconds) == CURLE_OK else { return .zero }
    return .microseconds(microseconds)
  }

  /// The certificate that the server showed for itself: the first of its chain, which libcurl keeps as a list of
  /// `NAME:VALUE` lines (CURLINFO_CERTINFO(3)).
  fileprivate var serverCertificate: [UInt8]? {
    var chain: UnsafeMutablePointer<curl_certinfo>?
    guard ccurl_easy_get_certificates(self, &chain) == CURLE_OK, let chain,
      chain.pointee.num_of_certs > 0, let certificates = chain.pointee.certinfo
    else { return nil }
    let name = Array("Cert:".utf8)
    var line = certificates[0]
    while let current = line {
      if let text = current.pointee.data {
        let bytes = UnsafeRawBufferPointer(start: text, count: strlen(text))
        if bytes.starts(with: name) { return Array(bytes.dropFirst(name.count)) }
      }
      line = current.pointee.next
    }
    return nil
  }

  /// Where the time of an easy handle's last transfer went.
  fileprivate var timing: UpstreamTiming {
    UpstreamTiming(
      connect: time(CURLINFO_CONNECT_TIME_T),
      tls: time(CURLINFO_APPCONNECT_TIME_T),
      firstByte: time(CURLINFO_STARTTRANSFER_TIME_T),
      total: time(CURLINFO_TOTAL_TIME_T),
      reusedConnection: fact(CURLINFO_NUM_CONNECTS) == 0,
      http2: fact(CURLINFO_HTTP_VERSION) == CURL_HTTP_VERSION_2_0)
  }
}
