import HTTPTypes

/// Decides one transfer: what libcurl reports goes in, what to do about it comes out.
///
/// It knows no handle, no socket and no clock. Its owner carries out what it says and ends the transfer when
/// it says `deliver` or `fail`, which it does once.
struct TransferMachine: Sendable {
  /// What to do about an event.
  enum Action: Equatable {
    /// Let libcurl go on.
    case proceed
    /// Have libcurl stop; `ended` will follow.
    case abort
    /// Give libcurl these bytes of the request's body; an empty range is its end.
    case hand(Range<Int>)
    /// Add the bytes to the answer's body, in a buffer with room for so many in all.
    case keep(capacity: Int)
    /// Keep nothing of the answer's body.
    case skip
    /// The transfer is over: the answer has this head.
    case deliver(ResponseHead)
    /// The transfer is over: there is no answer.
    case fail(UpstreamError)
    /// The transfer was over already.
    case ignore
  }

  /// How libcurl says that a transfer ended.
  enum Ending: Equatable {
    /// To its satisfaction.
    case complete
    /// By one of the two time-outs.
    case timedOut
    /// In another way, of which this is the name.
    case failed(UpstreamError)
  }

  private enum Stage {
    case awaitingHead
    case inHead
    case inBody
    case over
  }

  /// The most bytes that status lines, fields and trailers may take together, interim answers included.
  static let headerLimit = 64 << 10

  /// A longer body of an answer that is no success is not kept: nobody reads so much of it.
  static let errorBodyLimit = 64 << 10

  private let bodyCount: Int
  private let isReplayable: Bool
  private let limit: Int

  private var stage = Stage.awaitingHead
  private var refusal: UpstreamError?
  private var isConnected = false
  private var handedOver = 0
  private var head: ResponseHead?
  private var headerCount = 0
  private var received = 0
  private var reserved = 0

  /// A transfer that has not begun.
  init(_ request: UpstreamRequest) {
    bodyCount = request.method == .post ? request.body.count : 0
    isReplayable = request.method == .get
    limit = request.responseLimit
  }

  /// A connection is there and the request is about to go out on it.
  ///
  /// libcurl comes here a second time when a reused connection turned out dead or a stream was refused. What
  /// was sealed for one attempt must not be shown twice, so that only passes while all of the body is here.
  mutating func connectionReady() -> Action {
    let isFirst = !isConnected
    isConnected = true
    let bodyIsHere = bodyCount > 0 && handedOver == 0
    return isFirst || isReplayable || bodyIsHere ? .proceed : refuse(.disconnected)
  }

  /// libcurl has room for more of the request's body.
  mutating func bodyWanted(upTo room: Int) -> Action {
    let start = handedOver
    handedOver += min(room, bodyCount - start)
    return .hand(start..<handedOver)
  }

  /// One line of a head, or of the trailer, arrived; it still has its end of line.
  mutating func headerLineArrived(_ line: UnsafeRawBufferPointer) -> Action {
    headerCount += line.count
    guard headerCount <= Self.headerLimit else { return refuse(.protocolFault) }
    switch stage {
    case .awaitingHead:
      guard let head = ResponseHead(statusLine: line) else { return refuse(.protocolFault) }
      self.head = head
      stage = .inHead
      return .proceed
    case .inHead:
      if line.first == 0x0D || line.first == 0x0A { return headEnded() }
      // Through the optional, so that the fields are added to in place and not copied for each line.
      return head?.add(fieldLine: line) == true ? .proceed : refuse(.protocolFault)
    case .inBody:
      return .proceed  // A trailer field: nothing that we need is ever in one.
    case .over:
      return .abort
    }
  }

  /// So many bytes of the answer's body arrived, decompressed.
  mutating func bytesArrived(_ count: Int) -> Action {
    guard case .inBody = stage else { return refuse(.protocolFault) }
    guard count <= limit - received else { return refuse(.tooLarge(limit: limit)) }
    received += count
    if received > Self.errorBodyLimit, let status = head?.status, !(200..<300).contains(status) {
      return .skip
    }
    return .keep(capacity: capacity())
  }

  /// There is no room for the bytes beside those of other answers.
  mutating func roomRefused(limit: Int) { _ = refuse(.crowded(limit: limit)) }

  /// libcurl is done with the transfer.
  mutating func ended(_ ending: Ending) -> Action {
    if case .over = stage { return .ignore }
    let stageAtEnd = stage
    stage = .over
    if let refusal { return .fail(refusal) }
    switch ending {
    case .failed(.disconnected) where stageAtEnd == .inBody: return .fail(.truncated)
    case .failed(let error): return .fail(error)
    case .timedOut:
      // libcurl says that there is a connection before it finds a reused one dead; then it looks for another.
      let isUnheard = !isConnected || bodyCount > 0 && handedOver == 0
      return .fail(isUnheard ? .connectTimedOut : .responseTimedOut)
    case .complete:
      // libcurl takes the end of the connection for the end of a head.
      guard case .inBody = stageAtEnd, let head else { return .fail(.disconnected) }
      return .deliver(head)
    }
  }

  /// Nobody wants the answer any more.
  mutating func abandoned(_ reason: UpstreamError) -> Action {
    if case .over = stage { return .ignore }
    stage = .over
    return .fail(reason)
  }

  private mutating func refuse(_ reason: UpstreamError) -> Action {
    refusal = refusal ?? reason
    return .abort
  }

  private mutating func headEnded() -> Action {
    guard let head else { return refuse(.protocolFault) }
    // RFC 9110 section 15.2: any number of interim answers may come first. Nobody asked to switch protocols.
    if head.status < 200 {
      stage = .awaitingHead
      return head.status == 101 || head.status < 100 ? refuse(.protocolFault) : .proceed
    }
    stage = .inBody
    if head.hasForeignCoding { return refuse(.protocolFault) }
    // A length beside a coding is how messages are smuggled (RFC 9112 section 6.3); no honest server sends both.
    if head.fields[.transferEncoding] != nil, head.announcedLength != nil { return refuse(.protocolFault) }
    if let length = announced, length > limit { return refuse(.tooLarge(limit: limit)) }
    return .proceed
  }

  private var announced: Int? {
    guard let head, !head.isEncoded else { return nil }
    return head.announcedLength
  }

  /// Room for what has arrived and for what is to be expected.
  ///
  /// That is four times as much where a length was announced, which is only a claim until the bytes are here,
  /// else twice. A 64 MiB body is moved five times on its way, a third of its bytes in all.
  private mutating func capacity() -> Int {
    guard received > reserved else { return reserved }
    // A length that the bytes have passed was no length.
    let announced = announced.flatMap { received <= $0 ? $0 : nil }
    let ahead = announced == nil ? 2 : 4
    let ceiling = max(min(announced ?? limit, limit), received)
    reserved = min(max(received * ahead, 16 << 10), ceiling)
    return reserved
  }
}
