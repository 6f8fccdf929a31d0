import CCurl
import HTTPTypes

/// The header fields of a request in libcurl's form, freed unless `release` hands them on.
struct HeaderList: ~Copyable {
  /// The fields that say how the message is framed, where it goes and which coding the answer may have.
  ///
  /// They are libcurl's to write: a second opinion on any of them could smuggle one request into another.
  static let framing: Set<String> = [
    "accept-encoding", "connection", "content-length", "expect", "host", "http2-settings", "keep-alive",
    "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
  ]

  /// The first field, if there is one.
  private(set) var head: UnsafeMutablePointer<curl_slist>?
  private var last: UnsafeMutablePointer<curl_slist>?

  deinit { curl_slist_free_all(head) }

  /// Adds a line as libcurl understands it (CURLOPT_HTTPHEADER(3)).
  mutating func append(_ line: String) throws(CurlFault) {
    // To the last node and not to the first, from which libcurl would walk all the way again.
    guard let appended = curl_slist_append(last, line) else { throw CurlFault(code: CURLE_OUT_OF_MEMORY) }
    if head == nil { head = appended }
    last = last?.pointee.next ?? appended
  }

  /// Adds a field, neither name nor value of which can hold an end of line: `HTTPField` takes none.
  mutating func append(_ field: HTTPField) throws(CurlFault) {
    // "Name:" without a value would leave the field out; "Name;" is how an empty one is sent.
    let value = field.value
    try append(value.isEmpty ? "\(field.name.rawName);" : "\(field.name.rawName): \(value)")
  }

  /// Hands the list on, to be freed by whoever takes it.
  consuming func release() -> UnsafeMutablePointer<curl_slist>? {
    let list = head
    head = nil
    return list
  }
}
