"""HTTP on the raw socket: each shape of `http_shapes` and its parts, and pipelines, upgrades, halves and ends of connections.

Answers are read by h11, which is strict. Behind each message that is refused stand two whole requests with a mark in them;
neither may be answered, and the mark may not reach the router. The listener for callers, that for operators and that of the
development router are the same code with other rules behind it, so each shape is sent to all of them, at the same time.
"""

import json
import pathlib
import socket
import struct

import h11
import httpx
import pytest

from callers import error_of, post, prompt
from daemon import DevRouter, Proxy, free_port, mark
from http_shapes import HEALTH, TAKEN, Refused, chat, chat_body, chunked, get, head, hidden
from http_shapes_framing import CHUNKS, CODINGS, LENGTHS
from http_shapes_heads import FIELDS, LINES
from replies import late, says

PATIENCE = 20
REFUSED = LENGTHS + CODINGS + CHUNKS + FIELDS + LINES
#: Who sends nothing but requests needs no long key, and is there sooner.
QUICK = {"primes": 4, "pool": 0}


def connect(port: int) -> socket.socket:
    """A connection that gives up waiting some time."""
    connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def send(connection: socket.socket, message: bytes) -> None:
    """Sends as much as the other side wants to have."""
    try:
        connection.sendall(message)
    except (BrokenPipeError, ConnectionResetError):
        pass


class Answers:
    """Reads answers as h11 understands them; anything that it does not understand is an error."""

    def __init__(self, connection: socket.socket):
        self._socket, self._wire = connection, h11.Connection(h11.CLIENT)

    def next(self, method: str = "GET") -> tuple[int, dict[str, str], bytes] | None:
        """The next whole answer; None when the connection ends instead."""
        if self._wire.our_state is h11.DONE:
            self._wire.start_next_cycle()
        self._wire.send(h11.Request(method=method, target="/", headers=[("host", "x")]))
        self._wire.send(h11.EndOfMessage())
        status, fields, body = 0, {}, b""
        while True:
            event = self._wire.next_event()
            if event is h11.NEED_DATA:
                arrived = self._socket.recv(1 << 16)
                if not arrived and not status and not self._wire.trailing_data[0]:
                    return None
                self._wire.receive_data(arrived)
            elif isinstance(event, h11.InformationalResponse):
                status = 0
            elif isinstance(event, h11.Response):
                status = event.status_code
                fields = {name.decode(): value.decode() for name, value in event.headers}
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                return status, fields, body
            else:
                raise AssertionError(f"{event!r} after {status}")

    def nothing_more(self) -> bool:
        """Whether not a byte comes any more until the other side ends the connection."""
        if self._wire.trailing_data[0]:
            return False
        try:
            return self._socket.recv(1) == b""
        except ConnectionResetError:
            return True


@pytest.fixture(scope="module")
def steered(shared_router, tmp_path_factory):
    """A proxy whose admin listener is a port."""
    port = free_port()
    proxy = Proxy(shared_router.url, api_key=mark("key"), changes={"admin": {"listen": f"127.0.0.1:{port}"}, "keys": QUICK}).ready()
    proxy.admin_port = port
    yield proxy
    proxy.stop()


@pytest.fixture(scope="module")
def wire_log(tmp_path_factory) -> pathlib.Path:
    """Where the development router says what it opened."""
    return tmp_path_factory.mktemp("wire") / "log"


@pytest.fixture(scope="module")
def development(wire_log):
    """A development router, whose listener is the same code."""
    wire_log.touch()
    router = DevRouter("--show-wire", str(wire_log), "--bits", "2048").ready()
    yield router
    router.stop()


class Attempt:
    """A shape on its way to one place, with what is hidden behind it; cut in two behind its first line if it comes so."""

    def __init__(self, port: int, shape: Refused, statuses: set[int], is_cut: bool = False):
        self.statuses, self.word = statuses, mark("prompt")
        message = shape.message + hidden(self.word)
        # Where one of the two readers of a pair begins anew.
        cut = (shape.message.find(b"\n") + 1 or 1) if is_cut else len(message)
        self._rest = message[cut:]
        self._connection = connect(port)
        send(self._connection, message[:cut])

    def finish(self) -> bytes:
        """The body of the one answer."""
        with self._connection as connection:
            if self._rest:
                send(connection, self._rest)
            answers = Answers(connection)
            status, fields, body = answers.next()
            assert status in self.statuses, body
            assert fields["connection"] == "close"
            send_end(connection)
            assert answers.nothing_more()
        assert self.word.encode() not in body
        return body


def send_end(connection: socket.socket) -> None:
    """Ends the sending half, if there still is a connection."""
    try:
        connection.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def name_of(shape) -> str:
    return shape.name


@pytest.mark.parametrize("shape", REFUSED, ids=name_of)
def test_a_shape_is_refused_and_what_hides_behind_it_is_never_read(proxy, router, steered, development, wire_log, shape):
    attempts = {
        "callers": Attempt(proxy.port, shape, {shape.status}),
        "callers, where a read ends": Attempt(proxy.port, shape, {shape.status}, is_cut=True),
        "operators": Attempt(steered.admin_port, shape, {shape.status, 404}),
    }
    if shape.status not in (403, 413):  # These are the daemon's own rules.
        attempts["development router"] = Attempt(development.port, shape, {shape.status})
    bodies = {place: attempt.finish() for place, attempt in attempts.items()}
    assert set(json.loads(bodies["callers"])["error"]) == {"message", "type", "param", "code"}
    assert router.exchanges == []
    assert not [attempt for attempt in attempts.values() if attempt.word in wire_log.read_text()]


@pytest.mark.parametrize("shape", TAKEN, ids=name_of)
def test_an_unusual_shape_is_answered(proxy, router, shape):
    with connect(proxy.port) as connection:
        send(connection, shape.message)
        if shape.ends:
            send_end(connection)
        answers = Answers(connection)
        methods = ["HEAD" if shape.message.startswith(b"HEAD") else "GET"] * len(shape.statuses)
        got = [answers.next(method) for method in methods]
        assert [answer and answer[0] for answer in got] == list(shape.statuses)
        if not shape.ends:  # whether the end is seen before the answer is written is a matter of moments
            assert (got[-1][1]["connection"] == "keep-alive") == shape.stays
        if not shape.stays or shape.ends:
            assert answers.nothing_more()
        else:
            send(connection, HEALTH)
            assert answers.next()[0] == 200


# Pipelines


def test_pipelined_requests_are_answered_in_their_order(proxy, router):
    router.will(late(0.3, says("first")), says("second"))
    words = [mark("prompt"), mark("prompt")]
    with connect(proxy.port) as connection:
        send(connection, chat(chat_body(words[0])) + HEALTH + chat(chat_body(words[1])) + get(b"/nowhere"))
        answers = Answers(connection)
        got = [answers.next() for _ in range(4)]
    assert [status for status, _, _ in got] == [200, 200, 200, 404]
    assert b"first" in got[0][2] and b"alive" in got[1][2] and b"second" in got[2][2]
    assert [exchange.last_content for exchange in router.exchanges] == words


def test_a_pipeline_without_end_is_answered_as_far_as_it_goes_and_costs_no_memory(proxy, router):
    """Nobody reads meanwhile: what is sent stays in the sockets, and not in the daemon."""
    router.will(late(1, says("slow")))
    with connect(proxy.port) as connection:
        connection.settimeout(0.3)
        send(connection, chat(chat_body("x")))
        sent = 0
        try:
            while sent < 64 << 20:
                sent += connection.send(HEALTH * 1000)
        except TimeoutError:
            pass
        assert sent < 32 << 20
        connection.settimeout(PATIENCE)
        answers = Answers(connection)
        statuses = []
        while (answer := answers.next()) and answer[1]["connection"] == "keep-alive":
            statuses.append(answer[0])
        assert set(statuses) <= {200} and answer is None or answer[0] == 200


# Ends and halves


def test_a_caller_that_ends_its_half_behind_a_request_is_answered(proxy, router):
    """Of what was asked, as far as it can be had without the router: who has closed its half may be gone (see PROTOCOL)."""
    with connect(proxy.port) as connection:
        send(connection, HEALTH)
        send_end(connection)
        answers = Answers(connection)
        assert answers.next()[0] == 200
        assert answers.nothing_more()


@pytest.mark.parametrize("part", ["line", "field", "head", "body", "chunk size", "chunk"])
@pytest.mark.parametrize("is_reset", [False, True], ids=["ended", "reset"])
def test_a_request_that_ends_in_the_middle_is_none(proxy, router, part, is_reset):
    whole = chat(chat_body(mark("prompt")))
    message = {
        "line": whole[:10],
        "field": whole[:60],
        "head": whole[: whole.index(b"\r\n\r\n") + 4],
        "body": whole[:-1],
        "chunk size": chunked() + b"1",
        "chunk": chunked() + b"ff\r\n{",
    }[part]
    connection = connect(proxy.port)
    send(connection, message)
    if is_reset:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    else:
        send_end(connection)
        assert Answers(connection).nothing_more()
        connection.close()
    assert post(proxy, prompt("and on")).status_code == 200
    assert len(router.exchanges) == 1


# What is asked before the body


def test_the_body_is_asked_for_only_where_it_is_wanted(proxy, router):
    body = chat_body("x")
    length = b"Content-Length: %d" % len(body)
    with connect(proxy.port) as connection:
        send(connection, head(length, b"Expect: 100-continue"))
        assert connection.recv(1 << 16) == b"HTTP/1.1 100 Continue\r\n\r\n"
        send(connection, body)
        assert Answers(connection).next()[0] == 200
    with connect(proxy.port) as connection:
        send(connection, head(length, b"Expect: 100-continue", line=b"POST /nowhere HTTP/1.1\r\n"))
        status, fields, _ = Answers(connection).next()
        assert status == 404 and fields["connection"] == "close"
    with connect(proxy.port) as connection:
        send(connection, head(b"Content-Length: 41943040", b"Expect: 100-continue"))
        assert Answers(connection).next()[0] == 413


def test_a_caller_of_http_1_0_is_not_asked_to_continue(proxy, router):
    body = chat_body("x")
    line = b"POST /v1/chat/completions HTTP/1.0\r\n"
    with connect(proxy.port) as connection:
        send(connection, head(b"Content-Length: %d" % len(body), b"Expect: 100-continue", line=line) + body)
        assert connection.recv(13, socket.MSG_WAITALL) == b"HTTP/1.1 200 "


def test_after_all_that_the_daemon_still_serves(proxy, router, steered):
    assert post(proxy, prompt("hello")).json()["choices"][0]["message"]["content"] == "hello"
    assert httpx.get(f"http://127.0.0.1:{steered.admin_port}/status", timeout=PATIENCE).status_code == 200
    answer = httpx.get(proxy.url + "/nowhere", timeout=PATIENCE)
    assert answer.status_code == 404 and error_of(answer)
