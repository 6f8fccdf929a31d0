"""The admin listener: status, metrics, rotation, for the operator and for nobody else."""

import os
import stat
import time

import httpx
import pytest
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client import parser as prometheus

from callers import error_of, post, prompt
from daemon import free_port, mark
from replies import refusal
from watching import until

EVIL = {"origin": "https://evil.example"}
PAGE = {"origin": "http://localhost:3000"}


@pytest.fixture
def own(start_proxy, router):
    """A proxy of the test's own, with nothing counted."""
    # No keys made ahead: one that is finished meanwhile would be news.
    return start_proxy(router, router={"retries": 0}, keys={"primes": 4, "pool": 0})


def status(proxy) -> dict:
    return proxy.admin("GET", "/status").raise_for_status().json()


def samples(proxy, accept: str = "text/plain") -> dict[tuple, float]:
    """Every sample by its name and labels, as a collector reads them."""
    answer = proxy.admin("GET", "/metrics", headers={"accept": accept}).raise_for_status()
    parse = openmetrics if answer.headers["content-type"].startswith("application/openmetrics") else prometheus
    read = {}
    for family in parse.text_string_to_metric_families(answer.text):
        for sample in family.samples:
            key = (sample.name, *sorted(sample.labels.items()))
            assert key not in read, f"{key} comes twice"
            read[key] = sample.value
    return read


def test_only_the_daemons_user_can_open_the_socket(own):
    mode = os.stat(own.directory / "admin.sock").st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600


def test_the_status_counts_what_was_done(own, router):
    before = status(own)
    assert before["ready"] and before["pid"] == own.process.pid
    assert before["exchanges"] == {
        "in_flight": 0,
        "answered": 0,
        "failed": 0,
        "refused": 0,
        "retries": 0,
        "last_failure": None,
    }
    assert post(own, prompt("one")).status_code == 200
    router.will(refusal(400))
    assert post(own, prompt("two")).status_code == 400
    assert post(own, b"{").status_code == 400
    after = {"in_flight": 0, "answered": 1, "failed": 1, "refused": 1, "retries": 0}
    # An exchange is counted when its answer has gone out, which its caller may see first.
    assert until(lambda: status(own)["exchanges"].items() >= after.items()), status(own)["exchanges"]
    last = status(own)["exchanges"]["last_failure"]
    assert last["class"] == "router_error" and abs(last["at"] - time.time()) < 60
    assert status(own)["client_keys"]["current"]["uses"] == 2


def test_a_collector_reads_both_forms_and_they_say_the_same(own):
    assert post(own, prompt("count me")).status_code == 200
    assert until(lambda: samples(own).get(("nomyo_proxy_exchanges_total", ("result", "answered"))) == 1)
    plain, open_form = samples(own), samples(own, "application/openmetrics-text; version=1.0.0")
    moving = ("seconds",)  # ages move between two questions
    for name in {key[0] for key in plain}:
        if not name.endswith(moving):
            assert {k: v for k, v in plain.items() if k[0] == name} == {
                k: v for k, v in open_form.items() if k[0] == name
            }, name
    assert {key[0] for key in plain} == {key[0] for key in open_form}
    assert plain[("nomyo_proxy_exchanges_total", ("result", "answered"))] == 1
    assert plain[("nomyo_proxy_exchange_duration_seconds_count",)] == 1
    assert plain[("nomyo_proxy_exchange_phase_duration_seconds_count", ("phase", "open"))] == 1
    assert plain[("nomyo_proxy_ready",)] == 1
    assert plain[("nomyo_proxy_client_key_generation",)] == 1


def test_no_caller_decides_about_a_label(own):
    word = mark("label")
    httpx.get(f"{own.url}/{word}", timeout=5)
    post(own, b"{", **{"x-request-id": word})
    httpx.post(own.chat_url, json={"model": word, "messages": []}, timeout=5)
    httpx.get(own.url + "/healthz", headers={"host": word}, timeout=5)
    text = own.admin("GET", "/metrics").text
    assert word not in text
    codes = {key[1] for key in samples(own) if key[0] == "nomyo_proxy_requests_refused_total"}
    assert ("code", "unknown_url") in codes and len(codes) <= 5


def test_a_rotation_says_which_key_is_current(own):
    first = status(own)["client_keys"]["current"]
    rotated = own.admin("POST", "/rotate").raise_for_status().json()
    now = status(own)["client_keys"]
    assert rotated["number"] == first["number"] + 1 and rotated["fingerprint"] != first["fingerprint"]
    assert now["current"]["fingerprint"] == rotated["fingerprint"] and now["rotations"] == 1


@pytest.mark.parametrize(
    "method, path, code",
    [("GET", "/", 404), ("GET", "/v1/models", 404), ("GET", "/rotate", 405), ("POST", "/status", 405)],
)
def test_what_is_not_offered_says_what_is(own, method, path, code):
    answer = own.admin(method, path)
    assert answer.status_code == code and error_of(answer)["message"]
    assert ("allow" in answer.headers) == (code == 405)


def test_the_callers_listener_offers_none_of_it(own):
    for method, path in [("GET", "/status"), ("GET", "/metrics"), ("POST", "/rotate"), ("POST", "/trust/accept")]:
        assert httpx.request(method, own.url + path, timeout=5).status_code == 404
    assert status(own)["client_keys"]["rotations"] == 0


def test_a_body_larger_than_any_request_needs_is_refused(own):
    answer = own.admin("POST", "/trust/accept", json={"fingerprint": "x" * 4096})
    assert answer.status_code == 413


def test_with_a_port_the_guard_holds(start_proxy, router):
    port = free_port()
    proxy = start_proxy(router, admin={"listen": f"127.0.0.1:{port}"})
    url = f"http://127.0.0.1:{port}"
    assert httpx.get(url + "/status", timeout=5).status_code == 200
    for method, path in [("GET", "/status"), ("GET", "/metrics"), ("POST", "/rotate")]:
        assert httpx.request(method, url + path, headers=EVIL, timeout=5).status_code == 403
        assert httpx.request(method, url + path, headers={"host": "evil.example"}, timeout=5).status_code == 403
    assert httpx.post(url + "/rotate", headers=PAGE, timeout=5).status_code == 415
    asked = httpx.options(url + "/rotate", headers=PAGE | {"access-control-request-method": "POST"}, timeout=5)
    assert asked.status_code == 405 and "access-control-allow-origin" not in asked.headers
    assert httpx.get(url + "/status", timeout=5).json()["client_keys"]["rotations"] == 0
    assert proxy.command("status").returncode == 0


def test_nothing_secret_and_nothing_of_a_request_is_told(own):
    word = mark("prompt")
    assert post(own, prompt(word)).status_code == 200
    told = own.admin("GET", "/status").text + own.admin("GET", "/metrics").text
    assert word not in told and own.api_key not in told and "PRIVATE" not in told


def test_a_socket_that_others_could_have_put_there_is_not_asked(proxy):
    place = proxy.directory / "open"
    place.mkdir()
    place.chmod(0o777)
    asked = proxy.command("status", "--admin-listen", f"unix:{place}/admin.sock")
    assert asked.returncode == 69  # nobody is there
    (place / "admin.sock").symlink_to(proxy.directory / "admin.sock")
    asked = proxy.command("status", "--admin-listen", f"unix:{place}/admin.sock")
    assert asked.returncode == 77 and "another user" in asked.stderr
