"""The listener for monitoring systems: figures and states, and nothing else, without the operator's socket."""

import socket

import httpx
import pytest
from prometheus_client import parser as prometheus

from callers import post, prompt
from daemon import free_port
from watching import until


@pytest.fixture
def watched(start_proxy, router):
    port = free_port()
    proxy = start_proxy(router, metrics={"listen": f"127.0.0.1:{port}"})
    return proxy, f"http://127.0.0.1:{port}"


def test_a_collector_reads_what_was_counted(watched):
    proxy, address = watched
    assert post(proxy, prompt("one")).status_code == 200

    def answered() -> list[float]:
        answer = httpx.get(address + "/metrics").raise_for_status()
        families = {family.name: family for family in prometheus.text_string_to_metric_families(answer.text)}
        return [s.value for s in families["nomyo_proxy_exchanges"].samples if s.labels == {"result": "answered"}]

    # It is counted when the answer has gone out, which the caller may see first.
    assert until(lambda: answered() == [1]), answered()


def test_probes_are_answered(watched):
    _, address = watched
    assert httpx.get(address + "/healthz").json() == {"status": "alive"}
    assert httpx.get(address + "/readyz").json() == {"status": "ready"}


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "/status"), ("POST", "/rotate"), ("POST", "/trust/accept"), ("POST", "/v1/chat/completions"),
    ("GET", "/v1/models"), ("POST", "/reload"),
])
def test_nothing_else_is_there(watched, method, path):
    _, address = watched
    assert httpx.request(method, address + path).status_code == 404


@pytest.mark.parametrize(("fields", "status"), [
    ({"host": "10.0.0.7:9464"}, 200), ({"host": "rebound.example"}, 403), ({"origin": "http://localhost:3000"}, 403),
    ({"sec-fetch-site": "cross-site"}, 403), ({"sec-fetch-site": "none"}, 200),
])
def test_who_may_look(watched, fields, status):
    _, address = watched
    answer = httpx.get(address + "/metrics", headers=fields)
    assert answer.status_code == status
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_a_port_that_is_taken_stops_the_start(start_proxy, router):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(AssertionError, match="in use"):
            start_proxy(router, metrics={"listen": f"127.0.0.1:{taken.getsockname()[1]}"})
