import CZlib
import CZstd
import ContentCoding

/// One input: bytes that are said to be compressed, bytes that are, or the names of codings.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzContentCoding(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  judge(start, count) { bytes in
    var choices = Choices(bytes)
    switch choices.byte() % 4 {
    case 0: checkNames(choices.material)
    case 1: checkReturning(&choices)
    default: checkBounds(&choices)
    }
  }
}

private func checkNames(_ bytes: [UInt8]) {
  let value = String(decoding: bytes, as: UTF8.self)
  do throws(ContentCodingFault) {
    let codings = try ContentCoding.list(value)
    require(codings.count <= ContentCoding.countLimit, "more codings than there may be")
    require(codings.isEmpty || !value.isEmpty, "codings of nothing")
  } catch {
    require(!error.description.contains("\n"), "a fault of several lines")
  }
}

/// Nothing is decoded to more than the limit, and what is decoded does not depend on it.
private func checkBounds(_ choices: inout Choices) {
  let codings = (0...choices.byte() % 3).map { _ in choices.one(of: ContentCoding.allCases) }
  let limit = choices.one(of: [0, 1, 63, 4096, 100_000, 1 << 20])
  let body = choices.material
  let decoded = outcome(body, codings, limit)
  if case .success(let bytes) = decoded {
    require(bytes.count <= limit, "more than the limit")
    require(outcome(body, codings, limit + 4096) == decoded, "the limit changes the text")
  }
  if case .failure(.tooLarge(let named)) = decoded { require(named == limit, "names another limit") }
  // A limit of nothing at all takes no decoder further than its first byte.
  if case .success(let bytes) = outcome(body, codings, 0) { require(bytes.isEmpty, "something of nothing") }
}

/// What the libraries compress comes back.
private func checkReturning(_ choices: inout Choices) {
  let coding = choices.one(of: ContentCoding.allCases)
  let windowBits = coding == .gzip ? 31 : choices.one(of: [15, -15])
  let body = choices.material
  let compressed = coding == .zstd ? zstandard(body) : deflated(body, windowBits: Int32(windowBits))
  require(outcome(compressed, [coding], body.count) == .success(body), "\(coding) does not come back")
  if body.isEmpty { return }
  require(
    outcome(compressed, [coding], body.count - 1) == .failure(.tooLarge(limit: body.count - 1)), "too large")
  let cut = outcome(Array(compressed.dropLast()), [coding], body.count)
  if case .success(let bytes) = cut {
    require(bytes.count < body.count || bytes == body, "cut to another text")
  }
}

private func outcome(
  _ body: [UInt8], _ codings: [ContentCoding], _ limit: Int
) -> Result<[UInt8], ContentCodingFault> {
  Result { () throws(ContentCodingFault) in try ContentCoding.decode(body, codings: codings, limit: limit) }
}

private func zstandard(_ body: [UInt8]) -> [UInt8] {
  var target = [UInt8](repeating: 0, count: ZSTD_compressBound(body.count))
  let count = ZSTD_compress(&target, target.count, body, body.count, 1)
  return Array(target.prefix(count))
}

private func deflated(_ body: [UInt8], windowBits: Int32) -> [UInt8] {
  var stream = z_stream()
  require(czlib_deflate_init(&stream, 1, windowBits) == Z_OK, "zlib does not start")
  defer { deflateEnd(&stream) }
  var (source, target) = (body, [UInt8](repeating: 0, count: body.count + body.count / 100 + 1024))
  let room = target.count
  return source.withUnsafeMutableBufferPointer { source in
    target.withUnsafeMutableBufferPointer { target in
      (stream.next_in, stream.avail_in) = (source.baseAddress, UInt32(source.count))
      (stream.next_out, stream.avail_out) = (target.baseAddress, UInt32(room))
      require(deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib does not end")
      return Array(target.prefix(room - Int(stream.avail_out)))
    }
  }
}
