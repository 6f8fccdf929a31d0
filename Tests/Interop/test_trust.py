"""The router's key under watch: remembered, pinned, refused and accepted."""

import asyncio
import base64
import hashlib
import json
import stat
import time

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from callers import error_of, post, prompt
from daemon import STOP_SECONDS
from nomyo_router import Router, server_key
from replies import completion, message, refusal, sealed, unsealed
from watching import until

UNTRUSTED = "upstream_key_untrusted"


def fingerprint(pem: str) -> str:
    """`sha256/BASE64` of a public key, computed by code that is not ours."""
    der = serialization.load_pem_public_key(pem.encode()).public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return "sha256/" + base64.b64encode(hashlib.sha256(der).digest()).decode()


def shown(router) -> str:
    return fingerprint(router.key.public_key_pem)


@pytest.fixture
def watched(start_router, start_proxy):
    """A router of the test's own, and a way to start a proxy in front of it that remembers in one directory."""
    router = start_router()

    def start(mode="first-use", **changes):
        own = {"trust": mode, "retries": 0} | changes.pop("router", {})
        return start_proxy(router, router=own, **changes)

    return router, start


def test_the_first_key_is_remembered_and_another_refused_with_both_fingerprints(watched):
    router, start = watched
    proxy = start()
    first = shown(router)
    assert post(proxy, prompt("before")).status_code == 200
    router.rotate()
    count = len(router.exchanges)
    answer = post(proxy, prompt("after"))
    assert answer.status_code == 502 and answer.headers["x-should-retry"] == "false"
    error = error_of(answer)
    assert error["code"] == UNTRUSTED
    assert first in error["message"] and shown(router) in error["message"]
    assert f"nomyo-proxy trust accept {shown(router)}" in error["message"]
    # The one that found out was sealed to the old key; after it nothing is sent at all.
    assert len(router.exchanges) == count + 1 and router.exchanges[-1].plaintext is None
    assert error_of(post(proxy, prompt("again")))["code"] == UNTRUSTED
    assert len(router.exchanges) == count + 1
    ready = proxy.wait_until(proxy.url + "/readyz", status=503).json()
    assert ready["waiting_for"] == ["router_key_trust"] and shown(router) in ready["reason"]


def test_accepting_the_new_key_heals(watched):
    router, start = watched
    proxy = start()
    router.rotate()
    assert post(proxy, prompt("refused")).status_code == 502
    accepted = proxy.command("trust", "accept", shown(router))
    assert accepted.returncode == 0, accepted.stderr
    assert post(proxy, prompt("welcome")).status_code == 200
    proxy.wait_until(proxy.url + "/readyz")


def test_a_key_that_the_router_does_not_show_is_not_accepted(watched):
    router, start = watched
    proxy = start()
    slip = "sha256/" + "A" * 43 + "="
    answer = proxy.command("trust", "accept", slip)
    assert answer.returncode == 1 and shown(router) in answer.stderr and "trust pin" in answer.stderr
    assert post(proxy, prompt("as before")).status_code == 200


def test_without_a_daemon_accepting_takes_a_word_more(watched):
    router, start = watched
    proxy = start()
    proxy.stop_quietly()
    following = fingerprint(router.keys[1].public_key_pem)
    assert proxy.command("trust", "accept", following).returncode == 69
    accepted = proxy.command("trust", "accept", "--offline", following)
    assert accepted.returncode == 0 and router.url in accepted.stdout
    assert following in (proxy.directory / "trust.json").read_text()


def test_the_log_names_a_refusal_once_whoever_found_it(watched):
    router, start = watched
    proxy = start()
    router.rotate()
    for _ in range(3):
        assert post(proxy, prompt("refused")).status_code == 502
    lines = [json.loads(line) for line in proxy.log().splitlines() if '"router key refused"' in line]
    assert len(lines) == 1 and f"nomyo-proxy trust accept {shown(router)}" in lines[0]["reason"]


def test_the_old_key_coming_back_heals(watched):
    router, start = watched
    proxy = start(router={"key_refresh": "1s"})
    router.rotate()
    assert post(proxy, prompt("refused")).status_code == 502
    router.rotate()  # two keys: the first is back
    proxy.wait_until(proxy.url + "/readyz", seconds=40)
    assert post(proxy, prompt("fine")).status_code == 200


def test_a_restart_remembers(watched, start_proxy):
    router, start = watched
    proxy = start()
    state = proxy.directory / "trust.json"
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    kept = state.read_bytes()
    assert router.url in kept.decode() and shown(router) in kept.decode()
    log = (proxy.directory / "trust.log").read_bytes()
    proxy.stop()
    router.rotate()
    again = start_proxy(router, ready=False, router={"trust": "first-use"}, state={"trust.json": kept, "trust.log": log})
    again.wait_until(again.url + "/healthz")
    again.keyed()
    answer = post(again, prompt("no"))
    assert error_of(answer)["code"] == UNTRUSTED


def test_garbage_in_place_of_what_was_remembered_stops_the_start_and_stays(start_proxy, router):
    proxy = start_proxy(router, ready=False, router={"trust": "first-use"}, state={"trust.json": b"{}{"})
    assert proxy.process.wait(STOP_SECONDS) == 78
    assert "trust.json" in proxy.log()
    assert (proxy.directory / "trust.json").read_bytes() == b"{}{"


def test_only_pins_count(watched):
    router, start = watched
    proxy = start("pinned", router={"pins": [shown(router)]})
    assert post(proxy, prompt("pinned")).status_code == 200
    router.rotate()
    error = error_of(post(proxy, prompt("not pinned")))
    assert error["code"] == UNTRUSTED and "router.pins" in error["message"]


def test_the_next_key_pinned_in_advance_is_taken_without_a_word(watched):
    router, start = watched
    both = [fingerprint(key.public_key_pem) for key in router.keys]
    proxy = start("pinned", router={"pins": both})
    router.rotate()
    assert post(proxy, prompt("next")).status_code == 200


def test_trust_pin_allows_the_next_key(watched):
    router, start = watched
    proxy = start()
    following = fingerprint(router.keys[1].public_key_pem)
    assert proxy.command("trust", "pin", following).returncode == 0
    router.rotate()
    assert post(proxy, prompt("next")).status_code == 200


def test_nothing_is_sealed_to_a_key_that_no_pin_names(watched):
    router, start = watched
    proxy = start("pinned", ready=False, router={"pins": ["sha256/" + "A" * 43 + "="]})
    proxy.wait_until(proxy.url + "/healthz")
    proxy.keyed()
    assert error_of(post(proxy, prompt("no")))["code"] == UNTRUSTED
    assert router.exchanges == []


def test_the_log_is_a_chain_that_shows_cuts_and_edits(watched):
    router, start = watched
    proxy = start()
    router.rotate()
    post(proxy, prompt("refused"))
    proxy.command("trust", "accept", shown(router))
    post(proxy, prompt("accepted"))
    whole = proxy.command("trust", "log")
    assert whole.returncode == 0, whole.stdout + whole.stderr
    for each in router.keys:
        assert fingerprint(each.public_key_pem) in whole.stdout
    path = proxy.directory / "trust.log"
    lines = path.read_bytes().splitlines(keepends=True)
    assert len(lines) >= 3 and all(json.loads(line) for line in lines)
    for spoilt in (
        b"".join(lines[:-1]),
        b"".join(lines[1:]),
        b"".join([lines[1], lines[0], *lines[2:]]),
        b"".join(lines).replace(b"first-use", b"operator", 1),
    ):
        path.write_bytes(spoilt)
        verdict = proxy.command("trust", "log")
        assert verdict.returncode != 0, spoilt
    assert "trust.log" in (proxy.command("doctor").stdout)
    aside = proxy.command("trust", "log", "--set-aside")
    assert aside.returncode == 0 and "trust.log" in aside.stdout
    assert proxy.command("trust", "log").returncode == 0


async def test_a_rotating_router_loses_nobody(server_keys, start_proxy, request):
    # A key that comes back while a request is under way cannot be told from one that never went: enough keys.
    router = Router(*server_keys, server_key(), server_key()).start()
    request.addfinalizer(router.stop)
    proxy = start_proxy(router)
    done = asyncio.Event()
    answers: list[list[int]] = [[] for _ in range(6)]

    async def caller(client, statuses):
        while not done.is_set():
            statuses.append((await client.post(proxy.chat_url, json=prompt("load"))).status_code)

    async with httpx.AsyncClient(timeout=60) as client:
        callers = [asyncio.create_task(caller(client, statuses)) for statuses in answers]
        for _ in range(8):
            # An exchange that lives through two rotations takes an attempt too many. Two answers from now on, each caller
            # has had one to what it asked after the last rotation. Who fails is heard at the end.
            enough = [len(statuses) + 2 for statuses in answers]
            while any(len(statuses) < count for statuses, count in zip(answers, enough, strict=True)):
                await asyncio.sleep(0.01)
                if any(each.done() for each in callers):
                    break
            router.rotate()
        done.set()
        await asyncio.gather(*callers)
    statuses = sum(answers, [])
    assert set(statuses) == {200} and len(statuses) > 20
    # At most one attempt is thrown away for an exchange.
    assert len(router.exchanges) <= 2 * len(statuses)


def test_a_broken_router_is_not_hammered_for_its_key(start_router, start_proxy):
    router = start_router()
    router.key_reply = lambda: refusal(500, "broken")
    proxy = start_proxy(router, ready=False, router={"retries": 0})
    proxy.wait_until(proxy.url + "/healthz")
    began = time.monotonic()
    for _ in range(50):
        assert post(proxy, prompt("no key")).status_code in (502, 503)
    assert len(router.key_fetches()) <= 5 + (time.monotonic() - began)
    router.key_reply = lambda: unsealed(router.key.public_key_pem, "text/plain")
    proxy.wait_until(proxy.url + "/readyz", seconds=40)


def test_the_old_key_serves_while_the_key_cannot_be_fetched(start_router, start_proxy):
    router = start_router()
    proxy = start_proxy(router, router={"key_refresh": "1s"})
    router.key_reply = lambda: refusal(500, "broken")
    state = lambda: proxy.admin("GET", "/status").json()["router_key"]
    assert until(lambda: state()["last_failure"], 30)
    assert post(proxy, prompt("still")).status_code == 200
    assert state()["last_failure"] and state()["trusted"]["fingerprint"] == shown(router)


@pytest.mark.parametrize("asked,said", [("maximum", "standard"), ("high", "standard"), ("standard", "high")])
def test_an_answer_from_another_tier_is_refused(proxy, router, asked, said):
    router.always(sealed(completion(message("cheap")) | {"_metadata": {"security_tier": said}}))
    answer = post(proxy, prompt("dear"), X_Security_Tier=asked)
    assert answer.status_code == 502 and answer.headers["x-should-retry"] == "false"
    assert error_of(answer)["code"] == "upstream_tier_downgrade" and "cheap" not in answer.text
    assert len(router.exchanges) == 1


def test_an_answer_from_the_tier_that_was_asked_for_is_opened(proxy, router):
    assert post(proxy, prompt("dear"), X_Security_Tier="maximum").status_code == 200
    assert post(proxy, prompt("whatever")).status_code == 200


def test_documents_that_are_no_key_are_refused_each_with_its_reason(start_router, start_proxy, server_keys):
    pem = server_keys[0].public_key_pem
    private = server_keys[0].private_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    def public(key):
        return key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ).decode()

    documents = {
        "1024": public(rsa.generate_private_key(65537, 1024)),
        "exponent": public(rsa.generate_private_key(3, 4096)),
        "RSA": public(ec.generate_private_key(ec.SECP256R1())),
        "one": pem + server_keys[1].public_key_pem,
        "private": private,
    }
    router = start_router()
    for word, document in documents.items():
        router.key_reply = lambda document=document: unsealed(document, "text/plain")
        proxy = start_proxy(router, ready=False, router={"retries": 0})
        proxy.wait_until(proxy.url + "/healthz")
        proxy.keyed()
        answer = post(proxy, prompt("no"))
        assert answer.status_code == 502 and word in error_of(answer)["message"], answer.text
        proxy.stop()
    assert router.exchanges == []


def test_nothing_at_all_is_sent_to_a_router_that_shows_another_key(watched):
    router, start = watched
    proxy = start()
    router.rotate()
    assert error_of(post(proxy, prompt("refused")))["code"] == UNTRUSTED
    router.others.clear()
    models = httpx.get(proxy.url + "/v1/models")
    assert models.status_code == 502 and error_of(models)["code"] == UNTRUSTED
    doctor = proxy.command("doctor")
    assert doctor.returncode != 0 and "nomyo-proxy trust accept" in doctor.stdout
    assert {each.target for each in router.others} <= {"/pki/public_key"}
    assert not any(each.header("Authorization") for each in router.others)


def test_a_router_that_now_shows_a_weak_key_is_to_blame_and_not_the_caller(watched):
    router, start = watched
    proxy = start()
    assert post(proxy, prompt("before")).status_code == 200
    weak = rsa.generate_private_key(65537, 2048).public_key()
    pem = weak.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    router.rotate()
    router.key_reply = lambda: unsealed(pem, "text/plain")
    answer = post(proxy, prompt("after"))
    assert answer.status_code == 502 and "2048" in error_of(answer)["message"]
    assert router.exchanges[-1].plaintext is None
