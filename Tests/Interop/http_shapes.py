"""Requests as no HTTP library writes them, and what RFC 9112 and RFC 9110 say of each.

`REFUSED` are messages that two readers could take for different ones, or that nobody may send. `TAKEN` are unusual and right:
each with the statuses that it is answered with, in order, and whether the connection stays open.
"""

import json
from dataclasses import dataclass

HOST = b"Host: 127.0.0.1\r\n"
JSON = b"Content-Type: application/json\r\n"
CHAT = b"POST /v1/chat/completions HTTP/1.1\r\n"
HEALTH = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"


def chat_body(text: str) -> bytes:
    """A chat request with this text."""
    return json.dumps({"model": "echo", "messages": [{"role": "user", "content": text}]}).encode()


def chat(body: bytes, *fields: bytes) -> bytes:
    """A whole chat request."""
    return head(b"Content-Length: %d" % len(body), *fields) + body


def head(*fields: bytes, line: bytes = CHAT) -> bytes:
    """A head with these fields after those that every request here has."""
    return line + HOST + JSON + b"".join(field + b"\r\n" for field in fields) + b"\r\n"


def chunked(*fields: bytes) -> bytes:
    """A head whose body comes in chunks."""
    return head(b"Transfer-Encoding: chunked", *fields)


def get(target: bytes, version: bytes = b"HTTP/1.1", method: bytes = b"GET") -> bytes:
    """A request without a body."""
    return method + b" " + target + b" " + version + b"\r\n" + HOST + b"\r\n"


@dataclass(frozen=True)
class Refused:
    """A message that is answered with this status and is the last on its connection."""

    name: str
    section: str
    message: bytes
    status: int = 400


@dataclass(frozen=True)
class Taken:
    """A message that is answered like this."""

    name: str
    section: str
    message: bytes
    statuses: tuple[int, ...] = (200,)
    stays: bool = True
    ends: bool = False  # the caller ends its sending half behind the message


LAST = b"0\r\n\r\n"
FIVE = b"5\r\nhello\r\n"
TE, CL = b"Transfer-Encoding: chunked", b"Content-Length: 5"
LONG = b"a" * 40_000
#: CL.TE and TE.CL: whoever heeds the other header finds a request in the body.
INNER = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

LENGTHS = [
    Refused("length and coding", "9112 6.3", head(CL, TE) + LAST),
    Refused("coding and length", "9112 6.3", head(TE, CL) + LAST),
    Refused("CL.TE with a request inside", "9112 6.3", head(b"Content-Length: %d" % (5 + len(INNER)), TE) + LAST + INNER),
    Refused("TE.CL with a request inside", "9112 6.3", head(TE, b"Content-Length: 4") + b"%x\r\n" % len(INNER) + INNER + b"\r\n" + LAST),
    Refused("length and coding that is obscured by case", "9112 6.3", head(CL, b"tRANSFER-eNCODING: cHUNKED") + LAST),
    Refused("length and coding with a tab before it", "9112 6.3", head(CL, b"Transfer-Encoding:\tchunked") + LAST),
    Refused("length and unknown coding", "9112 6.3", head(CL, b"Transfer-Encoding: xchunked") + LAST),
    Refused("length zero and coding", "9112 6.3", head(b"Content-Length: 0", TE) + LAST),
    Refused("two lengths", "9112 6.3", head(CL, b"Content-Length: 6") + b"hello"),
    Refused("two equal lengths", "9112 6.3", head(CL, CL) + b"hello"),
    Refused("list of equal lengths", "9112 6.3", head(b"Content-Length: 5, 5") + b"hello"),
    Refused("list of lengths", "9112 6.3", head(b"Content-Length: 5, 6") + b"hello"),
    Refused("negative length", "9110 8.6", head(b"Content-Length: -5") + b"hello"),
    Refused("plus length", "9110 8.6", head(b"Content-Length: +5") + b"hello"),
    Refused("hexadecimal length", "9110 8.6", head(b"Content-Length: 0x5") + b"hello"),
    Refused("length in letters", "9110 8.6", head(b"Content-Length: five") + b"hello"),
    Refused("length with a point", "9110 8.6", head(b"Content-Length: 5.0") + b"hello"),
    Refused("length with an exponent", "9110 8.6", head(b"Content-Length: 5e0") + b"hello"),
    Refused("length with underscore", "9110 8.6", head(b"Content-Length: 5_0") + b"hello"),
    Refused("length with a space inside", "9110 8.6", head(b"Content-Length: 5 5") + b"hello"),
    Refused("empty length", "9110 8.6", head(b"Content-Length:") + b"hello"),
    Refused("length in Arabic digits", "9110 8.6", head("Content-Length: ٥".encode()) + b"hello"),
    Refused("length over 63 bits", "9110 8.6", head(b"Content-Length: 9223372036854775808")),
    Refused("length over 64 bits", "9110 8.6", head(b"Content-Length: 18446744073709551621") + b"hello"),
    Refused("length of a thousand digits", "9110 8.6", head(b"Content-Length: " + b"9" * 1000)),
    Refused("length of 40 MiB", "9110 15.5.14", head(b"Content-Length: 41943040"), 413),
    Refused("length of 8 EiB", "9110 15.5.14", head(b"Content-Length: 9223372036854775807"), 413),
]

CODINGS = [
    Refused("gzip, chunked", "9112 6.1", head(b"Transfer-Encoding: gzip, chunked") + LAST, 501),
    Refused("chunked, gzip", "9112 6.1", head(b"Transfer-Encoding: chunked, gzip") + LAST, 400),
    Refused("chunked, chunked", "9112 6.1", head(b"Transfer-Encoding: chunked, chunked") + LAST),
    Refused("chunked in two fields", "9112 6.1", head(TE, TE) + LAST),
    Refused("identity and chunked in two fields", "9112 6.1", head(b"Transfer-Encoding: identity", TE) + LAST, 501),
    Refused("xchunked", "9112 6.1", head(b"Transfer-Encoding: xchunked") + LAST, 501),
    Refused("identity", "9112 6.1", head(b"Transfer-Encoding: identity") + LAST, 501),
    Refused("chunked in quotes", "9112 6.1", head(b'Transfer-Encoding: "chunked"') + LAST, 501),
    Refused("chunked with a parameter", "9112 6.1", head(b"Transfer-Encoding: chunked;q=1") + LAST, 501),
    Refused("chunked after a vertical tab", "9110 5.5", head(b"Transfer-Encoding: \x0bchunked") + LAST),
    Refused("chunked after a form feed", "9110 5.5", head(b"Transfer-Encoding: \x0cchunked") + LAST),
    Refused("chunked after a no-break space", "9110 5.5", head(b"Transfer-Encoding: \xa0chunked") + LAST, 501),
    Refused("empty coding", "9112 6.1", head(b"Transfer-Encoding:") + LAST, 501),
    Refused("a comma before chunked", "9112 6.1", head(b"Transfer-Encoding: , chunked") + LAST, 501),
    Refused("chunked in HTTP/1.0", "9112 6.1", head(TE, line=CHAT.replace(b"1.1", b"1.0")) + LAST),
    Refused("folded coding", "9112 5.2", head(b"Transfer-Encoding:\r\n chunked") + LAST),
]

CHUNKS = [
    Refused(f"chunk: {name}", "9112 7.1", chunked() + body)
    for name, body in {
        "size in letters": b"g\r\nhello\r\n" + LAST,
        "negative size": b"-5\r\nhello\r\n" + LAST,
        "plus size": b"+5\r\nhello\r\n" + LAST,
        "0x size": b"0x5\r\nhello\r\n" + LAST,
        "size with underscore": b"0_5\r\nhello\r\n" + LAST,
        "empty size": b"\r\nhello\r\n" + LAST,
        "size over 64 bits": b"10000000000000005\r\nhello\r\n" + LAST,
        "space before size": b" 5\r\nhello\r\n" + LAST,
        "tab before size": b"\t5\r\nhello\r\n" + LAST,
        "space after size": b"5 \r\nhello\r\n" + LAST,
        "bare LF after size": b"5\nhello\r\n" + LAST,
        "bare CR after size": b"5\rhello\r\n" + LAST,
        "CR CR LF after size": b"5\r\r\nhello\r\n" + LAST,
        "bare LF in an extension": b"5;a\nhello\r\n" + LAST,
        "bare CR in an extension": b"5;a\rb\r\nhello\r\n" + LAST,
        "NUL in an extension": b"5;a\0\r\nhello\r\n" + LAST,
        "open quotes in an extension": b'5;a="b\r\nhello\r\n' + LAST,
        "size too short": b"4\r\nhello\r\n" + LAST,
        "size too long": b"7\r\nhello\r\n" + LAST,
        "no line end after data": b"5\r\nhello0\r\n\r\n",
        "bare LF after data": b"5\r\nhello\n" + LAST,
        "bare CR after data": b"5\r\nhello\r0\r\n\r\n",
        "bare LF at the end": FIVE + b"0\r\n\n",
        "bare LF after the last size": FIVE + b"0\n\r\n",
        "two last chunks, a body behind": FIVE + b"00000000000000000g\r\n\r\n",
        "fold in a trailer": FIVE + b"0\r\nX: a\r\n b\r\n\r\n",
        "space before colon in a trailer": FIVE + b"0\r\nX : a\r\n\r\n",
        "NUL in a trailer": FIVE + b"0\r\nX: \0\r\n\r\n",
        "control character in a trailer": FIVE + b"0\r\nX: \1\r\n\r\n",
        "bare LF in a trailer": FIVE + b"0\r\nX: a\n\r\n",
        "trailer without a name": FIVE + b"0\r\n: a\r\n\r\n",
        "length in a trailer": FIVE + b"0\r\nContent-Length: 100\r\n\r\n",
        "coding in a trailer": FIVE + b"0\r\nTransfer-Encoding: chunked\r\n\r\n",
        "trailer without a colon": FIVE + b"0\r\nnonsense\r\n\r\n",
    }.items()
] + [
    Refused("chunk: a size of 8 EiB", "9110 15.5.14", chunked() + b"7fffffffffffffff\r\n" + b"x" * (11 << 20), 413),
    Refused("chunk: an extension of 70 kB", "9112 7.1.1", chunked() + b"5;" + b"a" * 200_000),
    Refused("chunk: a size with 70,000 zeros", "9112 7.1", chunked() + b"0" * 200_000),
    Refused(
        "chunk: an extension on each of 1,000", "9112 7.1.1", chunked() + (b"1;" + b"a" * 990 + b"\r\nx\r\n") * 1000
    ),
    Refused("chunk: 129 trailers", "6585 5", chunked() + FIVE + b"0\r\n" + b"X: a\r\n" * 129 + b"\r\n", 431),
    Refused("chunk: trailers of 40 kB", "6585 5", chunked() + FIVE + b"0\r\nX: " + LONG + b"\r\n\r\n", 431),
]

FIELDS = [
    Refused(name, section, CHAT + HOST + JSON + CL + b"\r\n" + field + b"\r\n\r\nhello")
    for name, section, field in [
        ("space before colon", "9112 5.1", b"X-A : b"),
        ("tab before colon", "9112 5.1", b"X-A\t: b"),
        ("name of nothing", "9112 5.1", b": b"),
        ("no colon", "9112 5.1", b"X-A"),
        ("folded with a space", "9112 5.2", b"X-A: b\r\n c"),
        ("folded with a tab", "9112 5.2", b"X-A: b\r\n\tc"),
        ("folded into nothing", "9112 5.2", b"X-A: b\r\n "),
        ("bare LF", "9112 2.2", b"X-A: b\nX-B: c"),
        ("bare CR in a value", "9112 2.2", b"X-A: b\rX-B: c"),
        ("CR CR LF", "9112 2.2", b"X-A: b\r\r\nX-B: c"),
        ("LF CR", "9112 2.2", b"X-A: b\n\rX-B: c"),
        ("NUL in a name", "9110 5.1", b"X\0A: b"),
        ("NUL in a value", "9110 5.5", b"X-A: b\0c"),
        ("NUL for a value", "9110 5.5", b"X-A: \0"),
        ("control character in a value", "9110 5.5", b"X-A: \1"),
        ("escape in a value", "9110 5.5", b"X-A: \x1b[2J"),
        ("backspace in a value", "9110 5.5", b"X-A: b\x08"),
        ("DEL in a value", "9110 5.5", b"X-A: \x7f"),
        ("vertical tab in a name", "9110 5.1", b"X\x0bA: b"),
        ("bytes beyond ASCII in a name", "9110 5.1", "X-Ä: b".encode()),
        ("brackets in a name", "9110 5.1", b"X[A]: b"),
        ("quotes in a name", "9110 5.1", b'"X-A": b'),
        ("slash in a name", "9110 5.1", b"X/A: b"),
        ("space in a name", "9110 5.1", b"X A: b"),
        ("at sign for a name", "9110 5.1", b"@: b"),
    ]
] + [
    Refused("space before the first name", "9112 2.2", CHAT + b" " + HOST + CL + b"\r\n\r\nhello"),
    Refused("tab before the first name", "9112 2.2", CHAT + b"\t" + HOST + CL + b"\r\n\r\nhello"),
    Refused("an empty line with a space first", "9112 2.2", CHAT + b" \r\n" + HOST + CL + b"\r\n\r\nhello"),
    Refused("bare LF at the end of the head", "9112 2.2", CHAT + HOST + CL + b"\r\n\nhello"),
    Refused("bare LF at every line", "9112 2.2", (CHAT + HOST + CL + b"\r\n\r\n").replace(b"\r\n", b"\n") + b"hello", 505),
    Refused("bare CR at every line", "9112 2.2", (CHAT + HOST + CL + b"\r\n\r\n").replace(b"\r\n", b"\r") + b"hello"),
    Refused("129 fields", "6585 5", head(*(b"X-%d: a" % number for number in range(129))), 431),
    Refused("a value of 40 kB", "6585 5", head(b"X-A: " + LONG), 431),
    Refused("a name of 40 kB", "6585 5", head(LONG + b": a"), 431),
    Refused("40 kB in a hundred fields", "6585 5", head(*(b"X-%d: " % number + b"a" * 400 for number in range(100))), 431),
    Refused("blanks of 200 kB before a value", "6585 5", head(b"X-A:" + b" " * 200_000 + b"b"), 431),
    Refused("no Host", "9112 3.2", CHAT + CL + b"\r\n\r\nhello"),
    Refused("two Hosts", "9112 3.2", CHAT + HOST + HOST + CL + b"\r\n\r\nhello"),
    Refused("two Hosts, the second foreign", "9112 3.2", CHAT + HOST + b"Host: evil\r\n" + CL + b"\r\n\r\nhello"),
    Refused("a Host of 300 characters and three numbers", "9110 7.2", CHAT + b"Host: " + b"a" * 300 + b".0.0.1\r\n" + TE + b"\r\n\r\n" + LAST, 403),
    Refused("a Host of four long numbers", "9110 7.2", CHAT + b"Host: " + b".".join([b"9" * 40] * 4) + b"\r\n" + TE + b"\r\n\r\n" + LAST, 403),
    Refused("an unknown expectation", "9110 10.1.1", head(CL, b"Expect: 200-ok"), 417),
    Refused("one known and one unknown expectation", "9110 10.1.1", head(CL, b"Expect: 100-continue, x"), 417),
]

LINES = [
    Refused("HTTP/0.9", "9112 2.3", b"GET /healthz\r\n"),
    Refused("HTTP/0.9 in the words of 1.1", "9110 15.6.6", get(b"/healthz", b"HTTP/0.9"), 505),
    Refused("HTTP/1.2", "9110 15.6.6", get(b"/healthz", b"HTTP/1.2"), 505),
    Refused("HTTP/2.0", "9110 15.6.6", get(b"/healthz", b"HTTP/2.0"), 505),
    Refused("HTTP/9.9", "9110 15.6.6", get(b"/healthz", b"HTTP/9.9"), 505),
    Refused("HTTP/11", "9112 2.3", get(b"/healthz", b"HTTP/11"), 505),
    Refused("HTTP/1.10", "9112 2.3", get(b"/healthz", b"HTTP/1.10"), 505),
    Refused("HTTP/1,1", "9112 2.3", get(b"/healthz", b"HTTP/1,1"), 505),
    Refused("http/1.1 in small letters", "9112 2.3", get(b"/healthz", b"http/1.1")),
    Refused("HTTPS/1.1", "9112 2.3", get(b"/healthz", b"HTTPS/1.1")),
    Refused("ICE/1.0", "9112 2.3", get(b"/healthz", b"ICE/1.0")),
    Refused("preface of HTTP/2", "9113 3.4", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    Refused("a TLS hello", "9112 2.2", bytes.fromhex("16030100c8010000c40303") + bytes(190)),
    Refused("a SOCKS greeting", "9112 2.2", bytes.fromhex("050100") + bytes(50)),
    Refused("a space after the version", "9112 3", b"GET /healthz HTTP/1.1 \r\n" + HOST + b"\r\n", 505),
    Refused("a space before the method", "9112 3", b" GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"),
    Refused("a tab for a space", "9112 3", b"GET\t/healthz HTTP/1.1\r\n" + HOST + b"\r\n"),
    Refused("a space in the target", "9112 3.2", get(b"/health z")),
    Refused("a tab in the target", "9112 3.2", get(b"/health\tz")),
    Refused("a NUL in the target", "9112 3.2", get(b"/health\0z")),
    Refused("a control character in the target", "9112 3.2", get(b"/health\1z")),
    Refused("a DEL in the target", "9112 3.2", get(b"/health\x7fz")),
    Refused("a bare CR in the target", "9112 2.2", get(b"/health\rz")),
    Refused("bytes beyond ASCII in the target", "9112 3.2", get("/hälth".encode())),
    Refused("a byte that is no UTF-8 in the target", "9112 3.2", get(b"/h\xffalth")),
    Refused("a fragment in the target", "9112 3.2", get(b"/healthz#top")),
    Refused("an empty target", "9112 3.2", b"GET  HTTP/1.1\r\n" + HOST + b"\r\n"),
    Refused("a target without a slash", "9112 3.2.1", get(b"healthz")),
    Refused("a target of 40 kB", "9110 15.5.15", get(b"/" + LONG), 431),
    Refused("a method in small letters", "9110 9.1", get(b"/healthz", method=b"get")),
    Refused("an unknown method", "9110 9.1", get(b"/healthz", method=b"FETCH")),
    Refused("a method of 40 kB", "9110 9.1", get(b"/healthz", method=b"A" * 40_000)),
    Refused("a method with a comma", "9110 9.1", get(b"/healthz", method=b"GET,")),
    Refused("an empty method", "9110 9.1", get(b"/healthz", method=b"")),
    Refused("CONNECT", "9112 3.2.3", get(b"127.0.0.1:443", method=b"CONNECT"), 501),
    Refused("GET with the form of CONNECT", "9112 3.2.3", get(b"127.0.0.1:443")),
    Refused("GET of an asterisk", "9112 3.2.4", get(b"*")),
    Refused("another scheme", "9112 3.2.2", get(b"ftp://127.0.0.1/healthz")),
    Refused("no authority in the absolute form", "9112 3.2.2", get(b"http:///healthz")),
    Refused("empty lines of 200 kB before the request", "9112 2.2", b"\r\n" * 100_000 + HEALTH, 431),
    Refused("a bare CR before the request", "9112 2.2", b"\rX" + HEALTH),
]

REFUSED = LENGTHS + CODINGS + CHUNKS + FIELDS + LINES


def hidden(word: str) -> bytes:
    """What stands behind each of them, and must never be read as a request."""
    return chat(chat_body(word)) * 2


def upgrade(*fields: bytes) -> bytes:
    """A request that asks for another protocol."""
    return b"GET /healthz HTTP/1.1\r\n" + HOST + b"".join(field + b"\r\n" for field in fields) + b"\r\n"


def pieces(body: bytes, extension: bytes = b"") -> bytes:
    """A body in two chunks."""
    middle = len(body) // 2
    return b"".join(
        b"%x%s\r\n%s\r\n" % (len(piece), extension, piece) for piece in (body[:middle], body[middle:])
    )


BODY = chat_body("hello")
TAKEN = [
    Taken("one empty line before a request", "9112 2.2", b"\r\n" + HEALTH),
    Taken("three empty lines before a request", "9112 2.2", b"\r\n\r\n\r\n" + HEALTH),
    Taken("empty lines between two requests", "9112 2.2", HEALTH + b"\r\n\r\n" + HEALTH, (200, 200)),
    # "MAY instead parse on whitespace-delimited word boundaries": nothing that could be read in two ways comes of it.
    Taken("two spaces after the method", "9112 3", b"GET  /healthz HTTP/1.1\r\n" + HOST + b"\r\n"),
    Taken("two spaces before the version", "9112 3", b"GET /healthz  HTTP/1.1\r\n" + HOST + b"\r\n"),
    Taken("a field without a value", "9112 5", upgrade(b"X-A:")),
    Taken("a field with blanks around its value", "9112 5.1", upgrade(b"X-A: \t b \t ")),
    Taken("bytes beyond ASCII in a value", "9110 5.5", upgrade("X-A: ä".encode())),
    Taken("127 more fields", "9112 5", upgrade(*(b"X-%d: a" % number for number in range(127)))),
    Taken("a name with every character that one may have", "9110 5.6.2", upgrade(b"!#$%&'*+-.^_`|~09azAZ: b")),
    Taken("absolute form", "9112 3.2.2", get(b"http://127.0.0.1/healthz")),
    Taken("absolute form of https", "9112 3.2.2", get(b"https://127.0.0.1:8443/healthz")),
    Taken("absolute form of another host", "9112 3.2.2", get(b"http://evil.example/healthz"), (403,)),
    Taken("asterisk form", "9112 3.2.4", get(b"*", method=b"OPTIONS"), (404,)),
    Taken("TRACE", "9110 9.3.8", get(b"/healthz", method=b"TRACE"), (405,)),
    Taken("DELETE", "9110 15.5.6", get(b"/healthz", method=b"DELETE"), (405,)),
    Taken("HEAD", "9110 9.3.2", get(b"/healthz", method=b"HEAD"), (200,)),
    Taken("a query", "9112 3.2.1", get(b"/healthz?a=b&c=%00")),
    Taken("HTTP/1.0", "9112 9.3", get(b"/healthz", b"HTTP/1.0"), stays=False),
    Taken("HTTP/1.0 with keep-alive", "9112 9.3", upgrade(b"Connection: keep-alive").replace(b"1.1", b"1.0"), stays=False),
    Taken("connection: close", "9112 9.6", upgrade(b"Connection: close"), stays=False),
    Taken("connection: Close, with others", "9110 7.6.1", upgrade(b"Connection: x, Close"), stays=False),
    Taken("what follows connection: close", "9112 9.6", upgrade(b"Connection: close") + HEALTH, stays=False),
    Taken("upgrade to h2c", "9110 7.8", upgrade(b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAAP__"), stays=False),
    Taken("upgrade to a websocket", "9110 7.8", upgrade(b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), stays=False),
    Taken("upgrade with a request behind it", "9110 7.8", upgrade(b"Connection: Upgrade", b"Upgrade: h2c") + HEALTH, stays=False),
    Taken("upgrade to TLS", "9110 7.8", upgrade(b"Connection: Upgrade", b"Upgrade: TLS/1.0"), stays=False),
    Taken("a length with zeros before it", "9110 8.6", head(b"Content-Length: 000%d" % len(BODY)) + BODY),
    Taken("GET with a body", "9110 9.3.1", upgrade(b"Content-Length: 5") + b"hello"),
    Taken("GET with a body that looks like a request", "9110 9.3.1", upgrade(b"Content-Length: %d" % len(HEALTH)) + HEALTH),
    Taken("POST without a length", "9112 6.3", head(), (400,)),
    Taken("POST without a length, a request behind it", "9112 6.3", head() + HEALTH, (400, 200)),
    Taken("a body in chunks", "9112 7.1", chunked() + pieces(BODY) + LAST),
    Taken("sizes in capitals and with zeros", "9112 7.1", chunked() + b"000%X\r\n%s\r\n" % (len(BODY), BODY) + LAST),
    Taken("chunks with extensions", "9112 7.1.1", chunked() + pieces(BODY, b';a=b;c="d"') + LAST),
    Taken("an extension of 4 kB", "9112 7.1.1", chunked() + pieces(BODY, b";a=" + b"b" * 4000) + LAST),
    Taken("the last size with zeros", "9112 7.1", chunked() + pieces(BODY) + b"0000\r\n\r\n"),
    Taken("trailers", "9112 7.1.2", chunked() + pieces(BODY) + b"0\r\nX-A: b\r\nX-C: d\r\n\r\n"),
    Taken("trailers that frame", "9110 6.5.1", chunked() + pieces(BODY) + b"0\r\nTrailer: x\r\nHost: evil\r\n\r\n" + HEALTH, (200, 200)),
    Taken("a body in chunks, a request behind it", "9112 7.1", chunked() + pieces(BODY) + LAST + HEALTH, (200, 200)),
    Taken("a coding in capitals", "9112 7", head(b"Transfer-Encoding: CHUNKED") + pieces(BODY) + LAST),
    Taken("a body that is not wanted, a request behind it", "9112 9.3", head(b"Content-Length: 5", line=b"POST /nowhere HTTP/1.1\r\n") + b"hello" + HEALTH, (404, 200)),
    Taken("X-Forwarded-Host changes nothing", "9110 7.2", upgrade(b"X-Forwarded-Host: evil", b"Forwarded: host=evil")),
    Taken("a request and the end of the sending half", "9112 9.6", HEALTH, stays=False, ends=True),
    Taken("two requests and the end of the sending half", "9112 9.6", HEALTH * 2, (200, 200), stays=False, ends=True),
]
