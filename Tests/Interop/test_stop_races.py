"""Requests that meet the end of their connection on the way: answered, or cleanly not begun."""

import concurrent.futures
import contextlib
import http.client
import json
import re
import signal
import socket
import threading
import time

import httpx
import pytest

from callers import post, prompt
from daemon import START_SECONDS, STOP_SECONDS, Proxy
from replies import late, says


#: For so many seconds after the stop has begun a connection without a request may still bring one: a little less than
#: `ListenerLimits.crossingTime`. A caller that was held up for longer learns from the end of the connection.
CROSSING = 0.2


@pytest.fixture
def pool():
    with concurrent.futures.ThreadPoolExecutor(8) as made:
        yield made


class Tally:
    """What became of every request, by its prompt; of the unanswered with the time at which it was sent."""

    def __init__(self):
        self.lock = threading.Lock()
        self.answered: set[str] = set()
        self.refused: set[str] = set()
        self.unanswered: dict[str, float] = {}
        self.broken: list[str] = []


def call_until_refused(connect, name: str, tally: Tally) -> None:
    """Sends requests back to back, each as soon as the one before is answered, until nobody listens any more."""
    count = 0
    while True:
        try:
            connection = connect()
        except OSError:
            return
        while True:
            count += 1
            content, sent = f"{name}, number {count}", None
            try:
                connection.request(
                    "POST", "/v1/chat/completions", json.dumps(prompt(content)), {"Content-Type": "application/json"}
                )
                sent = time.monotonic()
                answer = connection.getresponse()
                body = answer.read()
            except (http.client.RemoteDisconnected, ConnectionError):
                with tally.lock:
                    tally.unanswered[content] = sent or time.monotonic()
                break
            except (http.client.HTTPException, OSError) as error:
                with tally.lock:
                    tally.broken.append(f"{content}: {error!r}")
                break
            with tally.lock:
                if answer.status == 200:
                    assert json.loads(body)["choices"][0]["message"]["content"] == content
                    tally.answered.add(content)
                else:
                    tally.refused.add(content)
            if answer.will_close:
                break
        connection.close()


def hammered(proxy: Proxy, router, pool, connect) -> None:
    """Stops the proxy while eight callers never pause: whoever is in time is answered."""
    tally = Tally()
    callers = [pool.submit(call_until_refused, connect, f"caller {number}", tally) for number in range(8)]
    router.wait_for(30, seconds=30)
    stopped = time.monotonic()
    proxy.process.send_signal(signal.SIGTERM)
    status = proxy.process.wait(STOP_SECONDS)
    for caller in callers:
        caller.result(20)
    assert status == 0, proxy.log()
    assert not tally.broken and not tally.refused
    worked_for = {exchange.last_content for exchange in router.exchanges}
    assert worked_for == tally.answered, "worked for somebody who was not answered"
    assert len(router.exchanges) == len(worked_for), "something was done twice"
    assert all(sent > stopped + CROSSING for sent in tally.unanswered.values()), (stopped, tally.unanswered)


@pytest.mark.parametrize("round", range(3))
def test_requests_back_to_back_are_answered_or_cleanly_not_begun(start_proxy, router, pool, round):
    proxy = start_proxy(router)

    def connect() -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=20)
        connection.auto_open = 0
        connection.connect()
        return connection

    hammered(proxy, router, pool, connect)


def test_requests_back_to_back_over_a_unix_socket(start_proxy, router, pool, tmp_path):
    path = str(tmp_path / "proxy.sock")
    proxy = start_proxy(router, ready=False, listen=[f"unix:{path}"])
    transport = httpx.HTTPTransport(uds=path)
    with httpx.Client(transport=transport) as client:
        deadline = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(httpx.TransportError):
                if client.get("http://localhost/readyz").status_code == 200:
                    break
            assert time.monotonic() < deadline, proxy.log()
            time.sleep(0.05)

    def connect() -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("localhost")
        connection.auto_open = 0
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(20)
        connection.sock.connect(path)
        return connection

    hammered(proxy, router, pool, connect)


def test_what_is_pipelined_behind_the_last_answer_is_not_begun(start_proxy, router):
    proxy = start_proxy(router)
    router.always(late(3, says("the last")))
    body = json.dumps(prompt("pipelined")).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
    request = head.encode() + b"Content-Type: application/json\r\n\r\n" + body
    with socket.create_connection(("127.0.0.1", proxy.port), 10) as caller:
        caller.sendall(request * 3)
        router.wait_for(1)
        proxy.process.send_signal(signal.SIGTERM)
        said = b"".join(iter(lambda: caller.recv(10_000), b""))
    assert said.count(b"HTTP/1.1 ") == 1 and b"connection: close\r\n" in said and said.count(b"the last") == 1
    assert proxy.process.wait(STOP_SECONDS) == 0
    assert len(router.exchanges) == 1


def test_callers_are_asked_to_give_idle_connections_up_first(proxy):
    answer = post(proxy, prompt("hello"))
    assert answer.headers["connection"] == "keep-alive"
    assert re.fullmatch(r"timeout=\d+", answer.headers["keep-alive"])
