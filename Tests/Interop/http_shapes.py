"""Requests as no HTTP library writes them, and what RFC 9112 and RFC 9110 say of each.

What is refused, because two readers could take it for different messages or because nobody may send it, stands in
`http_shapes_framing` and `http_shapes_heads`. `TAKEN` are unusual and right: each with the statuses that it is answered with, in
order, and whether the connection stays open.
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
TE, CL = b"Transfer-Encoding: chunked", b"Content-Length: 5"
LONG = b"a" * 40_000


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
    Taken("methods that only others serve", "9110 15.5.6", b"".join(get(b"/healthz", method=m) for m in (b"SOURCE", b"QUERY", b"M-SEARCH", b"BIND")), (405,) * 4),
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
