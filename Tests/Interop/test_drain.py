"""Stopping under load: what is under way is answered, what is not is told so, and the exit status says which."""

import concurrent.futures
import contextlib
import json
import signal
import socket
import time

import httpx
import pytest

from callers import PATIENCE, error_of, prompt
from daemon import CLEAR, STOP_SECONDS, Proxy, free_port
from replies import late, says
from watching import there, until
from wire_text import EventStream

TEMPORARY_FAILURE = 75  # sysexits.h


def logged(proxy: Proxy, message: str) -> dict | None:
    """The first line of the log with this message."""
    lines = (json.loads(line) for line in proxy.log().splitlines() if line.endswith("}"))
    return next((line for line in lines if line["message"] == message), None)


def until_draining(proxy: Proxy) -> None:
    """Waits until the log says that the daemon has begun to drain."""
    deadline = time.monotonic() + 10
    while not logged(proxy, "draining"):
        assert time.monotonic() < deadline, proxy.log()
        time.sleep(0.005)


def drained(proxy: Proxy) -> dict[str, int]:
    """What the log counts at the end of the drain."""
    line = logged(proxy, "drained")
    return {name: line[name] for name in ("answered", "cancelled", "unreceived")}


def until_there(proxy: Proxy, router, count: int) -> None:
    """Waits until so many requests wait for their turn or have had it."""
    assert until(lambda: there(proxy, router) >= count, 30), f"{there(proxy, router)} are there"


def asked(proxy: Proxy, pool: concurrent.futures.Executor, content: str, stream: bool = False):
    """A request on its way, as a future; a stream's answer is read to its end."""

    def ask() -> httpx.Response:
        with httpx.Client(timeout=PATIENCE, verify=CLEAR) as client:
            return client.post(proxy.chat_url, json=prompt(content, stream=stream))

    return pool.submit(ask)


@pytest.fixture
def pool():
    with concurrent.futures.ThreadPoolExecutor(32) as made:
        yield made


# What is in flight


def test_whole_answers_and_streams_in_flight_are_all_sent(start_proxy, router, pool):
    proxy = start_proxy(router, stream={"commit_after": "200ms"})
    router.always(late(3, says("to the end")))
    whole = [asked(proxy, pool, f"whole {number}") for number in range(3)]
    streams = [asked(proxy, pool, f"stream {number}", stream=True) for number in range(3)]
    router.wait_for(6)
    proxy.process.send_signal(signal.SIGTERM)
    for answer in (each.result(20) for each in whole):
        assert answer.status_code == 200 and answer.headers["connection"] == "close"
        assert answer.json()["choices"][0]["message"]["content"] == "to the end"
    for answer in (each.result(20) for each in streams):
        stream = EventStream(answer.status_code, answer.headers, answer.content)
        assert stream.text == "to the end" and stream.events[-1] == "[DONE]"
    assert proxy.process.wait(STOP_SECONDS) == 0
    assert drained(proxy) == {"answered": 6, "cancelled": 0, "unreceived": 0}


def test_requests_that_wait_for_their_turn_are_answered(start_proxy, router, pool):
    proxy = start_proxy(router, router={"rate": {"per_second": 1, "burst": 1}})
    asking = [asked(proxy, pool, f"queued {number}") for number in range(5)]
    until_there(proxy, router, 5)
    proxy.process.send_signal(signal.SIGTERM)
    assert [each.result(20).status_code for each in asking] == [200] * 5
    assert proxy.process.wait(STOP_SECONDS) == 0
    assert drained(proxy)["cancelled"] == 0


def test_requests_that_wait_for_their_turn_for_too_long_are_given_up(start_proxy, router, pool):
    proxy = start_proxy(
        router, router={"rate": {"per_second": 1, "burst": 1}}, shutdown={"drain": "1500ms"}
    )
    asking = [asked(proxy, pool, f"queued {number}") for number in range(8)]
    until_there(proxy, router, 8)
    proxy.process.send_signal(signal.SIGTERM)
    answers = [each.result(20) for each in asking]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert refused and {error_of(answer)["code"] for answer in refused} == {"shutting_down"}
    assert proxy.process.wait(STOP_SECONDS) == TEMPORARY_FAILURE
    assert drained(proxy)["cancelled"] == len(refused)
    # The end may come between one's turn and its answer.
    unanswered = len(router.exchanges) - (len(answers) - len(refused))
    assert unanswered in (0, 1), "worked for a caller that was refused"


def test_a_caller_that_has_left_is_nobody_s_loss(start_proxy, router):
    proxy = start_proxy(router)
    router.will(late(60, says("never")))
    with contextlib.suppress(httpx.ReadTimeout):
        httpx.post(proxy.chat_url, json=prompt("impatient"), timeout=0.5)
    assert proxy.stop() == 0


def test_whoever_looks_during_the_drain_hears_of_it(start_proxy, router, pool):
    port = free_port()
    proxy = start_proxy(router, metrics={"listen": f"127.0.0.1:{port}"})
    router.will(late(5, says("the last one")))
    asking = asked(proxy, pool, "slowly")
    router.wait_for(1)
    proxy.process.send_signal(signal.SIGTERM)
    until_draining(proxy)
    look = httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE, verify=CLEAR)
    assert look.status_code == 503 and look.json()["waiting_for"] == ["draining"]
    status = proxy.admin("GET", "/status").json()
    assert status["ready"] is False and status["waiting_for"] == ["draining"]
    assert "nomyo_proxy_ready 0" in proxy.admin("GET", "/metrics").text
    assert asking.result(20).status_code == 200


# What is given up


def test_what_is_given_up_is_told_so(start_proxy, router, pool):
    proxy = start_proxy(router, stream={"commit_after": "200ms"}, shutdown={"drain": "1s"})
    router.always(late(60, says("never")))
    whole, stream = asked(proxy, pool, "whole"), asked(proxy, pool, "stream", stream=True)
    router.wait_for(2)
    proxy.process.send_signal(signal.SIGTERM)
    answer = whole.result(10)
    assert answer.status_code == 503 and error_of(answer)["code"] == "shutting_down"
    assert answer.headers["connection"] == "close"
    answer = stream.result(10)
    events = EventStream(answer.status_code, answer.headers, answer.content).events
    assert answer.status_code == 200 and json.loads(events[-1])["error"]["code"] == "shutting_down"
    assert proxy.process.wait(STOP_SECONDS) == TEMPORARY_FAILURE
    assert drained(proxy) == {"answered": 0, "cancelled": 2, "unreceived": 0}
    assert all(exchange.client_gone.wait(5) for exchange in router.exchanges)


def test_what_is_answered_and_what_is_given_up_are_counted_apart(start_proxy, router, pool):
    proxy = start_proxy(router, shutdown={"drain": "4s"})
    router.will(late(2, says("in time")), late(60, says("never")))
    asking = [asked(proxy, pool, f"number {number}") for number in range(2)]
    router.wait_for(2)
    proxy.process.send_signal(signal.SIGTERM)
    assert sorted(each.result(10).status_code for each in asking) == [200, 503]
    assert proxy.process.wait(STOP_SECONDS) == TEMPORARY_FAILURE
    assert drained(proxy) == {"answered": 1, "cancelled": 1, "unreceived": 0}


def test_a_request_that_does_not_arrive_whole_is_refused_in_words(start_proxy, router):
    proxy = start_proxy(router, shutdown={"drain": "300ms"})
    with socket.create_connection(("127.0.0.1", proxy.port), 10) as caller:
        caller.sendall(
            b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n"
        )
        assert caller.recv(1000).startswith(b"HTTP/1.1 100 ")
        proxy.process.send_signal(signal.SIGTERM)
        said = b"".join(iter(lambda: caller.recv(1000), b""))
    assert said.startswith(b"HTTP/1.1 503 ") and b'"shutting_down"' in said
    assert proxy.process.wait(STOP_SECONDS) == TEMPORARY_FAILURE
    assert drained(proxy) == {"answered": 0, "cancelled": 0, "unreceived": 1}


@pytest.mark.parametrize("is_dripping", [False, True], ids=["stalled", "dripping"])
def test_a_body_that_does_not_arrive_does_not_hold_up_the_stop(start_proxy, router, pool, is_dripping):
    """Nobody has taken it on: it gets some seconds, and what is under way gets the whole drain."""
    proxy = start_proxy(router, shutdown={"drain": "10m"})
    router.will(late(7, says("to the end")))
    whole = asked(proxy, pool, "whole")
    router.wait_for(1)
    with socket.create_connection(("127.0.0.1", proxy.port), 30) as caller:
        caller.sendall(
            b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: 100000\r\n\r\n{" + b" " * 2000
        )
        proxy.process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        until_draining(proxy)
        caller.settimeout(0.1)
        said = b""
        while not said:
            assert time.monotonic() - began < 30, "it holds up the stop"
            try:
                said = caller.recv(1000)
            except TimeoutError:
                # More than what `limits.body_timeout` asks for.
                caller.sendall(b" " * 100 if is_dripping else b"")
        assert time.monotonic() - began > 3, "it had no time to arrive"
        caller.settimeout(10)
        said += b"".join(iter(lambda: caller.recv(1000), b""))
    assert said.startswith(b"HTTP/1.1 503 ") and b'"shutting_down"' in said and b"connection: close\r\n" in said
    assert whole.result(20).status_code == 200
    assert proxy.process.wait(STOP_SECONDS) == TEMPORARY_FAILURE
    assert drained(proxy) == {"answered": 1, "cancelled": 0, "unreceived": 1}
    assert len(router.exchanges) == 1


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_the_wait(start_proxy, router, pool, second):
    proxy = start_proxy(router, shutdown={"drain": "1m"})
    router.always(late(60, says("never")))
    asking = asked(proxy, pool, "whole")
    router.wait_for(1)
    proxy.process.send_signal(signal.SIGTERM)
    until_draining(proxy)
    time.sleep(0.3)
    assert proxy.process.poll() is None, "one signal was enough"
    began = time.monotonic()
    proxy.process.send_signal(second)
    answer = asking.result(10)
    assert answer.status_code == 503 and error_of(answer)["code"] == "shutting_down"
    assert proxy.process.wait(STOP_SECONDS) == TEMPORARY_FAILURE
    assert time.monotonic() - began < 40, "it waited for the drain"
    assert logged(proxy, "draining cut short")


def test_a_second_signal_that_takes_nothing_from_anybody_is_no_failure(start_proxy, router):
    proxy = start_proxy(router)
    # A caller that reads its answer and holds the connection: for a quarter of a second it may send another.
    with httpx.Client() as client:
        assert client.get(proxy.url + "/healthz").status_code == 200
        proxy.process.send_signal(signal.SIGTERM)
        until_draining(proxy)
        proxy.process.send_signal(signal.SIGTERM)
        assert proxy.process.wait(STOP_SECONDS) == 0
