import CCurl
import Glibc

// libcurl calls these on the curl thread, from inside a turn of the engine, with the transfer as context. The
// engine holds the transfer for as long as its easy handle is in the multi handle, so the pointer is good.
// That the caller is the engine's thread is checked each time.

/// CURLOPT_PREREQFUNCTION(3).
func prerequestCallback(
  context: UnsafeMutableRawPointer?, peer: UnsafeMutablePointer<CChar>?, own: UnsafeMutablePointer<CChar>?,
  peerPort: CInt, ownPort: CInt
) -> CInt {
  enter(context, otherwise: CInt(CURL_PREREQFUNC_ABORT)) { $0.connectionReady() }
}

/// CURLOPT_READFUNCTION(3).
func readCallback(
  room: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
  enter(context, otherwise: Int(CURL_READFUNC_ABORT)) {
    $0.fill(UnsafeMutableRawBufferPointer(start: room, count: size * count))
  }
}

/// CURLOPT_HEADERFUNCTION(3).
func headerCallback(
  line: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
  enter(context, otherwise: 0) {
    $0.headerLineArrived(UnsafeRawBufferPointer(start: line, count: size * count))
  }
}

/// CURLOPT_WRITEFUNCTION(3).
func writeCallback(
  bytes: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
  enter(context, otherwise: 0) {
    $0.bytesArrived(UnsafeRawBufferPointer(start: bytes, count: size * count))
  }
}

/// CURLOPT_OPENSOCKETFUNCTION(3), with two differences to what libcurl does by itself.
///
/// The socket is noted in the `OpenSockets` that is the context. And a program that this process starts gets no copy of the socket, which would keep a connection open that has
/// been closed here.
func openSocketCallback(
  context: UnsafeMutableRawPointer?, purpose: curlsocktype, address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
  guard let address = address?.pointee else { return CURL_SOCKET_BAD }
  let descriptor = socket(address.family, address.socktype | CInt(SOCK_CLOEXEC.rawValue), address.protocol)
  guard descriptor >= 0 else { return descriptor }
  giveUpOnSilence(descriptor)
  sockets(context)?.opened(descriptor)
  return descriptor
}

/// CURLOPT_CLOSESOCKETFUNCTION(3).
func closeSocketCallback(context: UnsafeMutableRawPointer?, descriptor: curl_socket_t) -> CInt {
  sockets(context)?.close(descriptor) ?? close(descriptor)
}

private func sockets(_ context: UnsafeMutableRawPointer?) -> OpenSockets? {
  context.map { Unmanaged<OpenSockets>.fromOpaque($0).takeUnretainedValue() }
}

/// Ends a connection whose other end acknowledges nothing any more: the network has changed, or the machine slept.
///
/// Without it the kernel goes on for a quarter of an hour (tcp(7), TCP_USER_TIMEOUT); other sockets refuse it, and need it not.
private func giveUpOnSilence(_ descriptor: CInt) {
  var milliseconds = UInt32(EasySetup.longestSilence)
  _ = setsockopt(
    descriptor, CInt(IPPROTO_TCP), EasySetup.userTimeoutOption, &milliseconds,
    socklen_t(MemoryLayout<UInt32>.size))
}

private func enter<Answer>(
  _ context: UnsafeMutableRawPointer?, otherwise: Answer, _ body: (Transfer) -> Answer
) -> Answer {
  guard let context else { return otherwise }
  let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  transfer.engine.preconditionIsolated("libcurl calls back on its own thread only")
  transfer.engine.thread.moved()
  return body(transfer)
}
