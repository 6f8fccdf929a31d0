"""Each limit of what callers may do has a key, and the status that HTTP has for it."""

import concurrent.futures
import contextlib
import time

import httpx
import pytest

from callers import PATIENCE, error_of, post, prompt
from http_shapes import HEALTH, chat
from replies import late, says
from slow_callers import DOCUMENT, SECONDS, connect, connections
from watching import until

QUICK = {"primes": 4, "pool": 0}


@pytest.fixture
def limited(start_proxy, router):
    """Starts a proxy with these limits."""
    return lambda **limits: start_proxy(router, keys=QUICK, limits=limits)


def everything(connection) -> bytes:
    """What still comes until the other side ends the connection."""
    return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def test_connections(limited):
    proxy = limited(connections=4)
    assert until(lambda: not connections(proxy.port), SECONDS), "the probe's connection stays"
    within = [connect(proxy.port) for _ in range(4)]
    for caller in within:
        caller.sendall(HEALTH)
        assert caller.recv(1 << 16).startswith(b"HTTP/1.1 200 ")
    with connect(proxy.port) as fifth:
        said = everything(fifth)
    assert said.startswith(b"HTTP/1.1 503 ") and b'"too_many_connections"' in said and b"connection: close" in said
    within.pop().close()
    assert until(lambda: httpx.get(proxy.url + "/healthz", timeout=PATIENCE).status_code == 200, SECONDS), "a place stays taken"
    for caller in within:
        caller.sendall(HEALTH)
        assert caller.recv(1 << 16).startswith(b"HTTP/1.1 200 ")
        caller.close()


@pytest.mark.parametrize(
    "fields", [{"x-a": "a" * 2100}, {f"x-{number}": "a" for number in range(16)}], ids=["bytes", "count"]
)
def test_header_bytes_and_header_count(limited, fields):
    proxy = limited(header_bytes="2KiB", header_count=16)
    assert httpx.get(proxy.url + "/healthz", headers={"x-a": "a" * 1000}).status_code == 200
    answer = httpx.get(proxy.url + "/healthz", headers=fields)
    assert answer.status_code == 431 and answer.headers["connection"] == "close"
    assert error_of(answer)["code"] == "headers_too_large"


def test_header_timeout_and_body_timeout(limited):
    proxy = limited(header_timeout="1s", body_timeout="1s")
    for message, code in {b"GET / HTTP/1.1\r\nX": b"header_timeout", chat(b"x" * 2)[:-1]: b"body_timeout"}.items():
        with connect(proxy.port) as connection:
            connection.sendall(message)
            said = everything(connection)
        assert said.startswith(b"HTTP/1.1 408 ") and code in said and b"connection: close" in said
    with connect(proxy.port) as silent:
        assert everything(silent) == b""


def test_idle_timeout(limited):
    proxy = limited(idle_timeout="1s")
    with connect(proxy.port) as connection:
        connection.sendall(HEALTH)
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 200 ")
        began = time.monotonic()
        assert everything(connection) == b""
        assert 0.5 < time.monotonic() - began < 10


def test_write_timeout(limited):
    proxy = limited(write_timeout="300ms")
    with connect(proxy.port, receive_buffer=2048) as connection:
        port = connection.getsockname()[1]
        connection.sendall(DOCUMENT * 12)
        assert until(lambda: port not in connections(proxy.port), SECONDS), "a caller that does not read is kept"
        # What came before the cut is all that there is of twelve answers of more than 100 kB.
        taken = 0
        with contextlib.suppress(ConnectionResetError):
            while piece := len(connection.recv(1 << 16)):
                taken += piece
    assert 0 < taken < 1_000_000


def test_requests_per_connection(limited):
    proxy = limited(requests_per_connection=3)
    with connect(proxy.port) as connection:
        connection.sendall(HEALTH * 5)
        said = everything(connection)
    assert said.count(b"HTTP/1.1 200 ") == 3
    assert said.count(b"connection: keep-alive") == 2 and said.count(b"connection: close") == 1


def test_in_flight(limited, router):
    proxy = limited(in_flight=3)
    router.will(*[late(4, says("slow"))] * 3)
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        slow = [pool.submit(post, proxy, prompt(str(number))) for number in range(3)]
        router.wait_for(3)
        fourth = post(proxy, prompt("4"))
        assert fourth.status_code == 503 and error_of(fourth)["code"] == "too_many_requests_in_flight"
        assert int(fourth.headers["retry-after"]) >= 1
        # What asks nobody has no place to wait for.
        assert httpx.get(proxy.url + "/healthz", timeout=PATIENCE).status_code == 200
        assert [each.result().status_code for each in slow] == [200] * 3
    assert len(router.exchanges) == 3
    assert post(proxy, prompt("again")).status_code == 200
