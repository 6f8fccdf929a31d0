"""Starting, readiness and stopping of the process."""

import concurrent.futures
import signal
import socket
import time

import httpx
import pytest

from callers import post, prompt
from daemon import CLEAR, START_SECONDS, STOP_SECONDS, mark
from replies import late, says
from watching import until
from wire_text import EventStream


def test_a_proxy_that_is_ready_can_seal_and_open(start_proxy, start_router):
    router = start_router()
    proxy = start_proxy(router)
    assert len(router.key_fetches()) == 1, "ready without the router's key"
    assert post(proxy, prompt("hello")).status_code == 200
    assert httpx.get(proxy.url + "/healthz", timeout=5).status_code == 200


def test_sigterm_lets_a_request_in_flight_finish(start_proxy, router):
    proxy, said = start_proxy(router), mark("answer")
    router.will(late(3, says(said)))
    with concurrent.futures.ThreadPoolExecutor() as pool:
        asking = pool.submit(post, proxy, prompt("slowly"))
        router.wait_for(1)
        proxy.process.send_signal(signal.SIGTERM)
        answer = asking.result(10)
    assert answer.status_code == 200 and answer.json()["choices"][0]["message"]["content"] == said
    assert proxy.process.wait(STOP_SECONDS) == 0


def test_sigterm_lets_a_stream_in_flight_finish(start_proxy, router):
    proxy = start_proxy(router, stream={"commit_after": "200ms"})
    router.will(late(3, says("to the end")))
    with httpx.stream("POST", proxy.chat_url, json=prompt("slowly", stream=True), timeout=10) as answer:
        pieces = answer.iter_raw()
        heard = next(pieces)  # the head is out, the answer is not there yet
        proxy.process.send_signal(signal.SIGTERM)
        heard += b"".join(pieces)
    stream = EventStream(answer.status_code, answer.headers, heard)
    assert stream.text == "to the end" and stream.events[-1] == "[DONE]"
    assert proxy.process.wait(STOP_SECONDS) == 0


def test_nobody_new_is_let_in_while_it_drains(start_proxy, router):
    proxy = start_proxy(router)
    router.will(late(4, says("the last one")))
    with concurrent.futures.ThreadPoolExecutor() as pool:
        asking = pool.submit(post, proxy, prompt("slowly"))
        router.wait_for(1)
        proxy.process.send_signal(signal.SIGTERM)

        def is_closed() -> bool:
            try:
                return httpx.get(proxy.url + "/readyz", timeout=5, verify=CLEAR).status_code == 503
            except httpx.TransportError:
                return True

        assert until(is_closed, 3) and not asking.done(), "still ready long after SIGTERM"
        assert asking.result(10).status_code == 200


def test_an_idle_proxy_stops_at_once_even_with_open_connections(start_proxy, router):
    proxy = start_proxy(router)
    with httpx.Client() as client, socket.create_connection(("127.0.0.1", proxy.port)):
        client.get(proxy.url + "/healthz")
        began = time.monotonic()
        assert proxy.stop() == 0
    # Connections without a request would last for 30 and 75 s, the drain for 120 s.
    assert time.monotonic() - began < 20


def test_a_request_that_never_ends_is_given_up_after_the_drain_time(start_proxy, router):
    proxy = start_proxy(router, shutdown={"drain": "500ms"})
    router.will(late(60, says("never")))
    with concurrent.futures.ThreadPoolExecutor() as pool:
        asking = pool.submit(httpx.post, proxy.chat_url, json=prompt("slowly"), timeout=40)
        router.wait_for(1)
        began = time.monotonic()
        proxy.process.send_signal(signal.SIGTERM)
        proxy.process.wait(STOP_SECONDS)
        assert asking.exception(30) is not None or asking.result().status_code >= 500
    assert time.monotonic() - began < 30
    assert router.exchanges[0].client_gone.wait(5)


def test_an_unknown_setting_stops_the_start_and_names_the_nearest_known_one(start_proxy, router):
    proxy = start_proxy(router, ready=False, stream={"comit_after": "1s"})
    assert proxy.process.wait(STOP_SECONDS) == 78
    assert "comit_after" in proxy.log() and "commit_after" in proxy.log()


@pytest.mark.parametrize("word", ["starting", "listening"])
@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_in_the_middle_of_the_start_is_a_clean_one(start_proxy, router, word, asked):
    proxy = start_proxy(router, ready=False)
    deadline = time.monotonic() + START_SECONDS
    while f'"message":"{word}"' not in proxy.log():
        assert time.monotonic() < deadline, proxy.log()
    proxy.process.send_signal(asked)
    assert proxy.process.wait(STOP_SECONDS) == 0, proxy.log()
