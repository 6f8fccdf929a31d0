"""The fault proxy itself: every fault does what its name says, as a plain client sees it."""

import contextlib
import os
import select
import socket
import time
from collections.abc import Callable

import httpx
import pytest

import nomyo_router
from fault_proxy import FaultProxy
from fault_link import Pace
from fault_wire import Messages
from watching import until

KEY = "/pki/public_key"
SILENCE = 0.3
PATIENCE = 10
END = 1 << 30  # more bytes than ever come


@pytest.fixture
def way(router):
    way = FaultProxy(router.port, seed=7).start()
    yield way
    way.stop()


def connect(way: FaultProxy, timeout: float = 2) -> socket.socket:
    return socket.create_connection(("127.0.0.1", way.port), timeout)


def get(path: str = KEY) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def post(size: int = 5000) -> bytes:
    head = f"POST /v1/chat/secure_completion HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n"
    return head.encode() + b"x" * size


def received(client: socket.socket, least: int = 0) -> tuple[bytes, str]:
    """What comes until it ends, and how it ends: close, reset, or silence after at least so many bytes."""
    data = b""
    while True:
        client.settimeout(SILENCE if len(data) >= least else PATIENCE)
        try:
            piece = client.recv(1 << 16)
        except ConnectionResetError:
            return data, "reset"
        except TimeoutError:
            return data, "silence"
        if not piece:
            return data, "close"
        data += piece


def quickest(action: Callable[[], object], enough: float) -> float:
    """The seconds that it takes: of some tries the shortest, because a busy machine makes each as long as it likes."""
    shortest = float("inf")
    for _ in range(10):
        began = time.monotonic()
        action()
        shortest = min(shortest, time.monotonic() - began)
        if shortest < enough:
            break
    return shortest


def unacknowledged(client: socket.socket) -> int:
    """How many segments the other end has not acknowledged (tcpi_unacked)."""
    information = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    return int.from_bytes(information[24:28], "little")


def test_without_faults_it_changes_nothing(way, router):
    direct, through = httpx.get(router.url + KEY), httpx.get(way.url + KEY)
    assert through.content == direct.content and dict(through.headers) == dict(direct.headers)
    with httpx.Client() as client:
        for _ in range(5):
            assert client.get(way.url + KEY).content == direct.content
            assert client.post(way.url + "/nowhere", content=b"x" * 300_000).status_code == 404
    assert way.connections == 2 and len(way.heads) == 11


@pytest.mark.parametrize("action, ending", [("close", "close"), ("reset", "reset"), ("stall", "silence")])
@pytest.mark.parametrize("phase, after", [("key", 0), ("key", 7), ("key", 200)])
def test_an_answer_ends_after_exactly_so_many_bytes(way, phase, after, action, ending):
    way.at(phase, action, after=after)
    with connect(way) as client:
        client.sendall(get())
        data, how = received(client, after if ending == "silence" else END)
        assert until(lambda: way.hits == 1)
    # A reset may overtake what was sent before it.
    assert how == ending and (len(data) == after or (action == "reset" and len(data) <= after))
    assert way.hits == 1


@pytest.mark.parametrize("after", [0, 1, 1234, 4999])
def test_a_request_is_cut_after_exactly_so_many_bytes_of_its_body(way, router, after):
    way.at("request_body", "stall", after=after)
    way.at("waiting", "reset")
    with connect(way) as client:
        client.sendall(post())
        assert received(client) == (b"", "silence")
        assert until(lambda: way.hits == 1 and unacknowledged(client) == 0)
        [link] = way.links
        assert link._passed[True] == after and not router.exchanges
        # What was held back flows again, and the answer with it.
        way.heal()
        data, _ = received(client, least=1)
    assert data.startswith(b"HTTP/1.1 400 ") and len(router.exchanges) == 1


@pytest.mark.parametrize("phase", ["waiting", "answer_head", "answer_body"])
def test_only_answers_to_posts_are_hit(way, phase):
    way.at(phase, "close", after=3 if phase != "waiting" else 0)
    assert httpx.get(way.url + KEY).status_code == 200
    with connect(way) as client:
        client.sendall(post())
        data, how = received(client, END)
    assert how == "close"
    head, blank, body = data.partition(b"\r\n\r\n")
    assert {"waiting": data == b"", "answer_head": data == b"HTT", "answer_body": len(body) == 3}[phase], data
    assert bool(blank) == (phase == "answer_body")


def test_a_fault_happens_as_often_as_it_is_told(way):
    way.at("key", "reset", times=2)
    for _ in range(2):
        with pytest.raises(httpx.TransportError):
            httpx.get(way.url + KEY)
    assert httpx.get(way.url + KEY).status_code == 200 and way.hits == 2


def test_who_has_vanished_acknowledges_nothing_and_never_comes_back(way, router):
    with connect(way) as client:
        client.sendall(get())
        assert received(client, len(router.key.public_key_pem))[1] == "silence"
        assert way.break_all("vanish") == 1
        client.sendall(get())
        assert received(client) == (b"", "silence") and unacknowledged(client) > 0
        way.heal()
        assert received(client) == (b"", "silence") and unacknowledged(client) > 0
    assert httpx.get(way.url + KEY).status_code == 200


def test_a_refused_connection_is_reset_at_once_and_the_port_stays_ours(way):
    with connect(way) as standing:
        way.refuse()
        began = time.monotonic()
        with pytest.raises(ConnectionRefusedError):
            connect(way)
        assert time.monotonic() - began < 0.9, "the kernel sent its SYN again"
        standing.sendall(get())
        assert received(standing, least=1)[0].startswith(b"HTTP/1.1 200")
        with socket.socket() as other, pytest.raises(OSError):
            other.bind(("127.0.0.1", way.port))
        way.heal()
        assert httpx.get(way.url + KEY).status_code == 200


def test_a_slow_start_listens_when_it_is_told_to(router):
    way = FaultProxy(router.port, listening=False).start()
    try:
        with pytest.raises(ConnectionRefusedError):
            connect(way)
        way.heal()
        assert httpx.get(way.url + KEY).status_code == 200
    finally:
        way.stop()


def test_a_blackhole_leaves_a_syn_unanswered_until_it_is_healed(way):
    way.blackhole()
    with pytest.raises(TimeoutError):
        connect(way, SILENCE)
    with socket.socket() as waiting:
        waiting.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            waiting.connect(("127.0.0.1", way.port))
        assert not select.select([], [waiting], [], SILENCE)[1]
        way.heal()
        # The kernel sends its SYN again after a second, and two seconds later.
        assert select.select([], [waiting], [], PATIENCE)[1]
    assert httpx.get(way.url + KEY).status_code == 200


def test_latency_is_paid_once_each_way(way):
    with httpx.Client() as client:
        client.get(way.url + KEY)
        way.slow(Pace(latency=0.1))
        assert 0.2 <= quickest(lambda: client.get(way.url + KEY), 0.3) < 0.3
        way.heal()
        assert quickest(lambda: client.get(way.url + KEY), 0.1) < 0.1


def test_the_same_seed_draws_the_same_jitter(router):
    def draw(seed: int) -> list[float]:
        way = FaultProxy(router.port, seed=seed)
        way.start().stop()
        return [way.random.random() for _ in range(5)]

    assert draw(3) == draw(3) != draw(4)


def test_bandwidth_is_what_it_is_set_to(way, router):
    def upload() -> None:
        with connect(way, PATIENCE) as client:
            client.sendall(post(10_000))
            client.recv(1)

    way.slow(Pace(rate=20_000))
    assert 0.45 < quickest(upload, 0.8) < 0.8


def test_it_leaves_nothing_behind(server_keys):
    before = len(os.listdir("/proc/self/fd"))
    router = nomyo_router.Router(*server_keys).start()
    way = FaultProxy(router.port).start()
    for action in ("close", "reset", "stall", "vanish", "stall"):
        way.at("key", action)
        with pytest.raises(httpx.TransportError):
            httpx.get(way.url + KEY, timeout=SILENCE)
    way.stop()
    router.stop()
    assert until(lambda: len(os.listdir("/proc/self/fd")) <= before)


def test_messages_are_told_apart_wherever_they_are_cut():
    stream = get() + post(3) + get() + post(2)
    wanted = [("head", get()), ("end", b""), ("head", post(3)[:-3]), ("body", b"xxx"), ("end", b"")]
    for size in (1, 2, 7, 50, len(stream)):
        messages, parts = Messages(), []
        for start in range(0, len(stream), size):
            for part, piece in messages.feed(stream[start : start + size]):
                if part == "body" and parts[-1][0] == "body":
                    piece = parts.pop()[1] + piece
                parts.append((part, piece))
        assert parts[:5] == wanted and len(parts) == 10
