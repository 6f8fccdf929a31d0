"""A router that breaks HTTP in every way: one clear error within the caller's time, and not more memory than is allowed."""

import gzip
import json
import socket
import threading
import time

import pytest

from codings import REPEATS, ZEROS, deflated_zeros, zstd
from hostile_daemon import Hostile
from hostile_router import Wire, honest, raw
from replies import completion, message
from watching import MEBIBYTE, descriptors, until

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
SOON = 2.0  # seconds that a request has that is to end with its deadline

INTEGRITY = 502, "upstream_integrity"
BROKEN = 502, "upstream_unreachable"
NO_HTTP = INTEGRITY  # the texts differ
LATE = 504, "upstream_timeout"


@pytest.fixture(scope="module")
def shared_keyless(hostile_router):
    made = Hostile(hostile_router, 4, api_key=None)
    yield made
    made.stop()


@pytest.fixture
def asking_anew(shared_keyless):
    """A daemon whose callers bring their own keys, so that no pause of one is another's, nor a list of models."""
    with shared_keyless.case():
        yield shared_keyless


def test_what_is_in_use_at_first(shared_hostile):
    shared_hostile.serves()
    shared_hostile.at_first = descriptors(shared_hostile.proxy)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def endless(start: bytes, piece: bytes, every: float = 0):
    """Says the start, then the same for ever."""

    def behave(wire: Wire) -> None:
        wire.send(start)
        wire.endlessly(piece, every=every)

    return behave


def silent(*pieces: bytes):
    """Says this and then nothing any more."""

    def behave(wire: Wire) -> None:
        wire.send(*pieces)
        wire.left(30)

    return behave


def reset(*pieces: bytes):
    def behave(wire: Wire) -> None:
        wire.send(*pieces)
        wire.reset()

    return behave


def broken_gzip(wire: Wire) -> None:
    wire.answer(gzip.compress(b"x" * 100_000)[:-20] + b"garbage garbage garbage", "200 OK", "Content-Encoding: gzip")


def bomb(coding: str, body, transfer: bool = False):
    """A body that is far larger once it is decoded."""

    def behave(wire: Wire) -> None:
        text = body() if callable(body) else body
        if transfer:
            wire.send(OK + f"Transfer-Encoding: {coding}, chunked\r\n\r\n".encode())
            wire.send(chunk(text), b"0\r\n\r\n")
        else:
            wire.answer(text, "200 OK", f"Content-Encoding: {coding}")

    return behave


def layers(count: int) -> bytes:
    body = gzip.compress(bytes(4 * MEBIBYTE))
    for _ in range(count - 1):
        body = gzip.compress(body)
    return body


HEADER = gzip.compress(b"", mtime=0)[:10]
#: What the router does, what the caller is told, and where it is about time, with how many seconds.
BODIES = {
    "chunks without end": (endless(CHUNKED, chunk(b"x" * 65_536)), INTEGRITY),
    "a body without end": (endless(OK + b"\r\n", b"x" * 65_536), INTEGRITY),
    "tiny chunks without end": (endless(CHUNKED, chunk(b"x") * 10_000), INTEGRITY),
    "a length over the limit": (silent(OK + b"Content-Length: 2097153\r\n\r\n"), INTEGRITY),
    "a length of exabytes": (silent(OK + b"Content-Length: 9223372036854775807\r\n\r\n"), INTEGRITY),
    "more than was announced": (raw(OK + b"Content-Length: 5\r\n\r\n" + b"x" * 100_000), INTEGRITY),
    "less than was announced": (raw(OK + b"Content-Length: 500\r\n\r\n" + b"x" * 499), BROKEN),
    "chunks that break off": (raw(CHUNKED + b"ff\r\nxxxx"), BROKEN),
    "chunks without their end": (raw(CHUNKED + chunk(b"xxxx")), BROKEN),
    "a size that is none": (raw(CHUNKED + b"-5\r\nxxxxx\r\n0\r\n\r\n"), BROKEN, NO_HTTP),
    "a size beyond all numbers": (raw(CHUNKED + b"f" * 40 + b"\r\nxxxxx\r\n0\r\n\r\n"), BROKEN, NO_HTTP),
    "a size of exabytes": (endless(CHUNKED + b"7fffffffffffffff\r\n", b"x" * 65_536), INTEGRITY),
    "no body": (raw(OK + b"Content-Length: 0\r\n\r\n"), INTEGRITY),
    "gzip": (bomb("gzip", lambda: HEADER + deflated_zeros()), INTEGRITY),
    "deflate": (bomb("deflate", lambda: b"\x78\xda" + deflated_zeros()), INTEGRITY),
    "deflate without wrapping": (bomb("deflate", deflated_zeros), INTEGRITY, NO_HTTP, BROKEN),
    "x-gzip": (bomb("x-gzip", lambda: HEADER + deflated_zeros()), INTEGRITY),
    "gzip that is cut": (broken_gzip, NO_HTTP),
    "gzip that is none": (bomb("gzip", b"plain"), NO_HTTP),
    "gzip in gzip": (bomb("gzip, gzip", lambda: layers(2)), NO_HTTP),
    "gzip nine times": (bomb(", ".join(["gzip"] * 9), lambda: layers(9)), NO_HTTP),
    "zstd": (bomb("zstd", lambda: zstd(ZEROS) * REPEATS), NO_HTTP),
    "br": (bomb("br", b"\x1b\xff\xff\xff\x1f"), NO_HTTP),
    "compress": (bomb("compress", b"\x1f\x9d\x90"), NO_HTTP),
    "a coding that nobody knows": (bomb("x-none", b"plain"), NO_HTTP),
    "gzip as a transfer coding": (bomb("gzip", lambda: HEADER + deflated_zeros(), transfer=True), NO_HTTP),
    "chunked twice": (raw(OK + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"), NO_HTTP),
    "a length beside chunks": (raw(OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), NO_HTTP),
    "two lengths": (raw(OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nxxxx"), NO_HTTP, BROKEN, INTEGRITY),
    "a length below zero": (raw(OK + b"Content-Length: -3\r\n\r\nxxxx"), NO_HTTP, BROKEN, INTEGRITY),
    "a length that is none": (raw(OK + b"Content-Length: 3 potatoes\r\n\r\nxxxx"), NO_HTTP, BROKEN, INTEGRITY),
}
HEADS = {
    "a field without end": (endless(OK + b"X-A: ", b"x" * 65_536), NO_HTTP),
    "fields without end": (endless(OK, b"X-A: b\r\n" * 1000), NO_HTTP),
    "ten thousand fields": (raw(OK + b"X-A: b\r\n" * 10_000 + b"Content-Length: 0\r\n\r\n"), NO_HTTP),
    "lines without a colon, without end": (endless(OK, b"nonsense\r\n" * 1000), NO_HTTP),
    "a status line without end": (endless(b"HTTP/1.1 200 ", b"x" * 65_536), NO_HTTP),
    "no line at all, without end": (endless(b"", b"x" * 65_536), NO_HTTP),
    "line ends without end": (endless(b"", b"\r\n" * 10_000), NO_HTTP, BROKEN),
    "interim answers without end": (endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 500), NO_HTTP),
    "trailers without end": (endless(CHUNKED + b"0\r\n", b"X-A: b\r\n" * 1000), NO_HTTP),
    "a trailer without end": (endless(CHUNKED + b"0\r\nX-A: ", b"x" * 65_536), NO_HTTP, BROKEN),
    "other protocols": (silent(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"), NO_HTTP),
    "HTTP/0.9": (raw(b"<html>hello</html>"), NO_HTTP),
    "a page of nine megabytes in HTTP/0.9": (raw(b"<html>" + b"x" * 9_000_000), NO_HTTP),
    "HTTP/9.9": (raw(b"HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n"), NO_HTTP),
    "HTTP/2 in the clear": (raw(b"\0\0\x12\4\0\0\0\0\0\0\3\0\0\0\x64\0\4\0\x10\0\0"), NO_HTTP),
    "SSH": (raw(b"SSH-2.0-OpenSSH_9.2p1\r\n"), NO_HTTP),
    "mail": (raw(b"220 mail.example ESMTP\r\n"), NO_HTTP),
    "TLS": (raw(b"\x15\x03\x01\x00\x02\x02\x28"), NO_HTTP),
    "zeros": (raw(bytes(1000)), NO_HTTP),
    "a status of two digits": (raw(b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"), NO_HTTP),
    "a status of four digits": (raw(b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"), NO_HTTP, INTEGRITY),
    "a status in words": (raw(b"HTTP/1.1 OK OK\r\nContent-Length: 0\r\n\r\n"), NO_HTTP),
    "a status below zero": (raw(b"HTTP/1.1 -20 OK\r\nContent-Length: 0\r\n\r\n"), NO_HTTP),
    "a status of zeros": (raw(b"HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n"), NO_HTTP),
    "a status of 99": (raw(b"HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n"), NO_HTTP),
    "a folded field": (raw(OK + b"X-A: b\r\n c\r\nContent-Length: 0\r\n\r\n"), NO_HTTP),
    "a zero in a field": (raw(OK + b"X-A: \0b\r\nContent-Length: 0\r\n\r\n"), NO_HTTP, INTEGRITY, BROKEN),
    "a field without a name": (raw(OK + b": b\r\nContent-Length: 0\r\n\r\n"), INTEGRITY, NO_HTTP),
    "bare line feeds": (raw(b"HTTP/1.1 200 OK\nContent-Length: 0\n\n"), INTEGRITY),
    "bare carriage returns": (raw(b"HTTP/1.1 200 OK\rContent-Length: 0\r\r"), NO_HTTP, BROKEN),
    "cookies without number": (raw(OK + b"Set-Cookie: a=b\r\n" * 3000 + b"Content-Length: 0\r\n\r\n"), INTEGRITY),
}
ENDS = {
    "at once": (raw(), BROKEN),
    "in the status line": (raw(b"HTTP/1."), BROKEN, NO_HTTP),
    "after the status line": (raw(OK), BROKEN),
    "in a field": (raw(OK + b"Content-Le"), BROKEN, NO_HTTP),
    "after the head": (raw(OK + b"Content-Length: 10\r\n\r\n"), BROKEN),
    "in the body": (raw(OK + b"Content-Length: 10\r\n\r\nxxxx"), BROKEN),
    "after an interim answer": (raw(b"HTTP/1.1 100 Continue\r\n\r\n"), BROKEN),
    "at once, by a reset": (reset(), BROKEN),
    "in the status line, by a reset": (reset(b"HTTP/1."), BROKEN, NO_HTTP),
    "in a field, by a reset": (reset(OK + b"Content-Le"), BROKEN),
    "after the head, by a reset": (reset(OK + b"Content-Length: 10\r\n\r\n"), BROKEN),
    "in the body, by a reset": (reset(OK + b"Content-Length: 10\r\n\r\nxxxx"), BROKEN),
}
QUICK = BODIES | {f"head: {kind}": how for kind, how in HEADS.items()} | {f"ends {kind}": how for kind, how in ENDS.items()}


@pytest.mark.parametrize("kind", QUICK)
def test_what_breaks_http_is_refused_at_once(hostile, kind):
    hostile.router.behaviour, *expected = QUICK[kind]
    outcome = hostile.refused(*expected, within=8)
    assert outcome.seconds < 4, f"{outcome.seconds:.1f} s"
    assert len(hostile.router.exchanges) == 1


DRIPS = {
    "nothing": silent(),
    "a head, a byte at a time": endless(OK + b"X-A: ", b"x", 0.1),
    "fields, one at a time": endless(OK, b"X-A: b\r\n", 0.1),
    "interim answers, one at a time": endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n", 0.1),
    "a body, a byte at a time": endless(OK + b"Content-Length: 1000000\r\n\r\n", b"x", 0.1),
    "a body of blanks": endless(OK + b"\r\n", b" ", 0.1),
    "chunks, a byte at a time": endless(CHUNKED, chunk(b"x"), 0.1),
    "an extension of a chunk": endless(CHUNKED + b"5;a=", b"x" * 1000, 0.01),
    "trailers, one at a time": endless(CHUNKED + b"0\r\n", b"X-A: b\r\n", 0.1),
    "gzip that never gives anything": endless(
        OK + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(HEADER), chunk(b"\0\0\0\xff\xff" * 200), 0.01),
    "a body that stops": silent(OK + b"Content-Length: 1000\r\n\r\nxxxx"),
    "a head that stops": silent(OK + b"Content-Len"),
}


@pytest.fixture(scope="module")
def dripped(shared_hostile):
    """All of them at once, each with a request of its own: they do nothing but wait."""
    hostile, outcomes, lock = shared_hostile, {}, threading.Lock()
    hostile.router.reset()
    waiting = list(DRIPS.items())
    arrived: dict[int, str] = {}

    def behave(wire: Wire) -> None:
        with lock:
            name, behaviour = waiting.pop()
            arrived[id(wire)] = name
        threading.current_thread().name = name
        began = time.monotonic()
        behaviour(wire)
        outcomes[name] = time.monotonic() - began

    hostile.router.behaviour = behave
    answers = []
    asking = [threading.Thread(target=lambda: answers.append(hostile.ask(within=SOON))) for _ in DRIPS]
    for each in asking:
        each.start()
    for each in asking:
        each.join(20)
    assert until(lambda: len(outcomes) == len(DRIPS)), outcomes
    return answers, outcomes


@pytest.mark.parametrize("kind", DRIPS)
def test_what_comes_in_drops_is_given_up_at_the_deadline(dripped, kind):
    answers, outcomes = dripped
    # A part of the time goes by before the request is at the router.
    assert SOON / 2 < outcomes[kind] < SOON + 1.5, "when the connection ended"
    assert len(answers) == len(DRIPS) and all(each.said == LATE for each in answers), [each.answer.text for each in answers]


# What must not be followed, kept or believed


class Elsewhere:
    """A port that only counts who comes."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port, self.visits = self._listener.getsockname()[1], 0
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        try:
            while True:
                self._listener.accept()[0].close()
                self.visits += 1
        except OSError:
            pass

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def elsewhere():
    made = Elsewhere()
    yield made
    made.stop()


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 305, 306, 307, 308])
def test_nobody_is_sent_elsewhere(hostile, elsewhere, status):
    targets = [f"http://127.0.0.1:{elsewhere.port}/", f"//127.0.0.1:{elsewhere.port}/a", f"http://localhost:{elsewhere.port}/",
               "/v1/chat/secure_completion", "file:///etc/passwd", "javascript:1", "http://[::1", "", "\x7f"]
    for target in targets:
        hostile.router.behaviour = lambda wire, target=target: wire.answer(
            b"{}", f"{status} Go", f"Location: {target}", f"Refresh: 0; url={target}")
        outcome = hostile.refused((502, "upstream_error"), (502, "upstream_status"))
        assert "elsewhere" not in outcome.error["message"] and str(elsewhere.port) not in outcome.error["message"]
    assert len(hostile.router.exchanges) == len(targets) and elsewhere.visits == 0


def test_a_key_and_a_list_from_elsewhere_are_not_fetched(hostile, elsewhere):
    def go(wire):
        wire.answer(b"", "302 Found", f"Location: http://127.0.0.1:{elsewhere.port}{wire.request.target}")

    hostile.router.key_behaviour = hostile.router.list_behaviour = go
    hostile.router.behaviour = lambda wire: wire.answer(b'{"detail":"cannot decrypt"}', "400 Bad Request")
    hostile.refused((400, "upstream_bad_request"), (400, "upstream_invalid_request"))
    hostile.refused((502, "upstream_error"), (502, "upstream_status"), path="/v1/models", method="GET")
    assert elsewhere.visits == 0


def test_nothing_that_the_router_sets_is_kept(hostile, elsewhere):
    fields = [
        "Set-Cookie: id=1; Path=/", f"Alt-Svc: h2=\"127.0.0.1:{elsewhere.port}\", http/1.1=\"127.0.0.1:{elsewhere.port}\"",
        "Strict-Transport-Security: max-age=99999999", f"Link: <http://127.0.0.1:{elsewhere.port}>; rel=preload",
        "WWW-Authenticate: Basic realm=x", "Proxy-Authenticate: Basic realm=x", "Clear-Site-Data: \"*\"",
        "Access-Control-Allow-Origin: *", "X-Should-Retry: true", "Connection: close",
    ]
    hostile.router.behaviour = lambda wire: wire.says(completion(message("fine")), *fields)
    answers = [hostile.ask().answer for _ in range(3)]
    assert all(answer.status_code == 200 for answer in answers) and elsewhere.visits == 0
    for request in hostile.router.exchanges:
        assert request.header("Cookie") is None and request.header("Upgrade-Insecure-Requests") is None
    ours = {name.lower() for answer in answers for name in answer.headers}
    assert not ours & {"set-cookie", "alt-svc", "strict-transport-security", "link", "www-authenticate", "clear-site-data",
                       "access-control-allow-origin", "x-should-retry"}


def test_a_second_answer_is_for_nobody(hostile):
    """Whatever follows an answer must not be taken for the answer to the next request on the connection."""
    stale = b'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"data":"stale"}'

    def twice(wire):
        wire.says(completion(message("fine")))
        wire.send(stale)
        return "kept"

    def later(wire):
        wire.says(completion(message("fine")))
        time.sleep(0.05)
        wire.send(stale)
        return "kept"

    for behaviour in (twice, later):
        hostile.router.behaviour = behaviour
        assert hostile.ask().status == 200
        time.sleep(0.1)
        hostile.router.behaviour = honest
        following = hostile.ask()
        assert "stale" not in following.answer.text
        # Nothing is tried again here, and what is read instead of an answer is no envelope.
        assert following.status == 200 or following.said in (BROKEN, INTEGRITY)


def test_an_answer_before_the_question_is_over(hostile):
    """The whole answer is there before the request's body was read, and the connection ends."""
    def on_connection(connection):
        connection.recv(100)
        connection.sendall(OK + b"Content-Length: 2\r\nConnection: close\r\n\r\n{}")

    hostile.router.on_connection = on_connection
    big = {"model": "m", "messages": [{"role": "user", "content": "x" * (4 << 20)}]}
    hostile.refused(INTEGRITY, BROKEN, body=big)


# Statuses and what comes with them


def test_every_status_but_200_is_an_error(asking_anew):
    hostile = asking_anew
    for status in [*range(200, 230), *range(300, 309), *range(400, 432), 444, 451, 495, 499, *range(500, 512), 520, 529, 599, 600, 777, 999]:
        if status == 200:
            continue
        # An honest envelope under another status is none.
        hostile.router.behaviour = lambda wire, status=status: wire.answer(
            b"" if status in (204, 304) else b'{"detail":"no"}', f"{status} X", "Connection: close")
        outcome = hostile.ask()
        assert outcome.status in ([status, 502] if status >= 400 else [502]), (status, outcome.status)
        assert outcome.error["code"].startswith("upstream_"), outcome.error
        assert len(outcome.answer.content) < 1500


@pytest.mark.parametrize("status", [201, 202, 203, 205, 206, 226, 299])
def test_an_envelope_under_another_status_is_not_opened(hostile, status):
    hostile.router.behaviour = lambda wire: wire.answer(json.dumps(wire.sealed(completion(message("x")))).encode(), f"{status} OK")
    assert hostile.ask().status == 502


WAITS = ["-1", "0", "1e9", "99999999999999999999", "9" * 5000, "1.5", "-0", "+5", "0x10", " 5 ", "5, 5", "", "soon", "NaN", "inf",
         "Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 99 Foo 2030 99:99:99 GMT",
         "Sun Nov  6 08:49:37 1994", "Sunday, 06-Nov-94 08:49:37 GMT", "٥", "5\x0b", "\xff\xfe"]


@pytest.mark.parametrize("status", [429, 503, 502])
def test_a_wait_that_a_router_asks_for_is_told_and_not_waited_for(asking_anew, status):
    hostile = asking_anew
    for text in WAITS:
        hostile.router.behaviour = lambda wire, text=text: wire.send(
            f"HTTP/1.1 {status} X\r\nRetry-After: ".encode() + text.encode("utf-8") + b"\r\nContent-Length: 0\r\n\r\n")
        outcome = hostile.ask(within=5)
        assert outcome.seconds < 2 and outcome.status == status, (text, outcome.answer.text)
        given = outcome.answer.headers.get("retry-after")
        assert given is None or given.isascii() and given.isdigit() and int(given) <= 86_400, (text, given)


TEXTS = {
    "ten megabytes": b'{"detail":"' + b"x" * 10_000_000 + b'"}',
    "half a megabyte": b'{"detail":"' + b"x" * 500_000 + b'"}',
    "sixty kilobytes": b'{"detail":"' + b"x" * 60_000 + b'"}',
    "escapes of a terminal": rb'{"detail":"\u001b[2J\u001b]0;owned\u0007\u009b31m\u0000\u007f\r\nlevel=error forged"}',
    "raw escapes of a terminal": b'{"detail":"\x1b[2J"}',
    "directions": '{"detail":"\u202eevil\u2066\u2028line\u2029\u0085\ufeff\ue000"}'.encode(),
    "a line of a log": rb'{"detail":"x\n{\"level\":\"critical\",\"message\":\"forged\"}"}',
    "a page": b"<html><script>alert(1)</script></html>",
    "a list of a million": b'{"detail":[' + b"1," * 30_000 + b'1]}',
    "levels": b'{"detail":' + b"[" * 30_000,
    "no UTF-8": b'{"detail":"\xff\xfe\xc0\x80"}',
    "zeros": bytes(5000),
    "members": b'{"detail":"x","detail":"y"}',
    "quotes": rb'{"detail":"\"},\"code\":\"forged\",\"x\":\""}',
}


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("status", [400, 500])
def test_what_a_refusal_says_is_a_short_clean_quote_or_nothing(asking_anew, kind, status):
    hostile = asking_anew
    hostile.router.behaviour = lambda wire: wire.answer(TEXTS[kind], f"{status} X")
    begin = len(hostile.proxy.log())
    outcome = hostile.ask()
    if kind == "ten megabytes":
        assert outcome.said == INTEGRITY or outcome.status == 502
    else:
        assert outcome.status == (400 if status == 400 else 502), outcome.answer.text
    words = outcome.error["message"]
    assert words.isprintable() and len(words) < 900 and "x" * 301 not in words
    assert "forged" not in hostile.proxy.log()[begin:] and "owned" not in hostile.proxy.log()[begin:]


# The list of models


LISTS = {
    "eight thousand": b'{"data":[' + b",".join(b'{"id":"%x"}' % number for number in range(8192)) + b"]}",
    "a million times the same": b'{"data":[' + b",".join([b'{"id":"a"}'] * 370_000) + b"]}",
    "ten million entries": b'{"data":[' + b"{}," * 1_300_000 + b"{}]}",
    "control characters": rb'{"data":[{"id":"a\u001b[2J"},{"id":"b\nc"},{"id":"d\u2028"},{"id":"fine"},{"id":"\ud800"}]}',
    "no texts": b'{"data":[{"id":1},{"id":null},{"id":["a"]},{"id":{"a":1}},7,null,[],"x",{"id":""},{"name":"fine"}]}',
    "long names": b'{"data":[{"id":"' + b"n" * 1_000_000 + b'"},{"id":"fine"}]}',
    "odd times": b'{"data":[{"id":"fine","created":1e999},{"id":"b","created":-1},{"id":"c","created":"x"},{"id":"d","created":9223372036854775808}]}',
    "markup": b'{"data":[{"id":"<img src=x onerror=alert(1)>","owned_by":"\\u001b[31m"},{"id":"../../etc/passwd"},{"id":"fine"}]}',
    "none": b'{"data":[]}',
    "members of a million": b'{"data":[{"id":"fine",' + b",".join(b'"%x":0' % number for number in range(300_000)) + b"}]}",
}
NO_LISTS = {
    "as many as there is room for": b'{"data":[' + b",".join(b'{"id":"%x"}' % number for number in range(250_000)) + b"]}",
    "five megabytes": b'{"data":[' + b" " * 5_000_000 + b"]}",
    "an object": b'{"data":{"id":"a"}}',
    "a page": b"<html></html>",
    "a list": b'[{"id":"a"}]',
    "nothing": b"",
    "levels": b'{"data":' + b"[" * 1_000_000,
}


@pytest.mark.parametrize("path", ["/v1/models", "/api/tags", "/api/v1/models"])
def test_lists_of_models(asking_anew, path):
    for kind, text in LISTS.items():
        asking_anew.router.list_behaviour = lambda wire, text=text: wire.answer(text)
        outcome = asking_anew.ask(path, method="GET")
        assert outcome.status == 200, outcome.answer.text[:300]
        entries = outcome.answer.json()
        names = [entry.get("id") or entry["name"].removesuffix(":latest") for entry in entries.get("data") or entries.get("models") or []]
        assert all(isinstance(name, str) and name.isprintable() and len(name) < 1000 for name in names)
        assert kind not in ("control characters", "no texts", "long names", "odd times", "markup") or "fine" in names
    for kind, text in NO_LISTS.items():
        asking_anew.router.list_behaviour = lambda wire, text=text: wire.answer(text)
        outcome = asking_anew.ask(path, method="GET")
        assert outcome.status == 502 and len(outcome.answer.content) < 1500, (kind, outcome.answer.text[:200])


def test_it_leaves_nothing_behind(shared_hostile):
    shared_hostile.leaves_nothing(shared_hostile.at_first)
