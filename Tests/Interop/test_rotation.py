"""The router changes its key: nobody notices, nothing is sent twice under one key, nothing loops."""

import asyncio

import httpx
import pytest

from callers import error_of, post, prompt, sdk_for
from daemon import Proxy, free_port, mark
from nomyo_router import Router
from replies import refusal, unsealed
from wire_text import read_stream


@pytest.fixture(scope="module")
def pair(server_keys):
    """A router of this file's own and a proxy in front of it."""
    router = Router(*server_keys).start()
    proxy = Proxy(router.url, api_key=mark("key")).ready()
    yield router, proxy
    proxy.stop()
    router.stop()


@pytest.fixture
def own(pair):
    """The pair, with nothing on record, after the proxy has sealed to the router's present key."""
    router, proxy = pair
    router.reset()
    assert post(proxy, prompt("before")).status_code == 200
    router.reset()
    return pair


def test_the_request_after_a_rotation_succeeds_sealed_anew_once(own):
    router, proxy = own
    fetched = len(router.key_fetches())
    router.rotate()
    asked = mark("prompt")
    answer = post(proxy, prompt(asked))
    assert answer.status_code == 200 and answer.json()["choices"][0]["message"]["content"] == asked
    stale, fresh = router.exchanges
    assert stale.plaintext is None and fresh.last_content == asked
    assert stale.payload_id != fresh.payload_id
    assert stale.envelope["encrypted_aes_key"] != fresh.envelope["encrypted_aes_key"]
    assert stale.envelope["encrypted_payload"]["nonce"] != fresh.envelope["encrypted_payload"]["nonce"]
    assert len(router.key_fetches()) == fetched + 1


def test_the_request_after_that_uses_the_new_key_at_once(own):
    router, proxy = own
    router.rotate()
    post(proxy, prompt("first"))
    router.exchanges.clear()
    assert post(proxy, prompt("second")).status_code == 200
    assert len(router.exchanges) == 1


def test_a_stream_survives_a_rotation(own):
    router, proxy = own
    router.rotate()
    stream = read_stream(proxy.chat_url, prompt("streaming on"))
    assert stream.text == "streaming on" and stream.events[-1] == "[DONE]"


async def test_ten_at_once_survive_a_rotation_with_one_look_at_the_key(own):
    router, proxy = own
    fetched = len(router.key_fetches())
    router.rotate()
    texts = [mark("prompt") for _ in range(10)]
    async with httpx.AsyncClient(timeout=20) as client:
        answers = await asyncio.gather(*(client.post(proxy.chat_url, json=prompt(text)) for text in texts))
    assert [answer.json()["choices"][0]["message"]["content"] for answer in answers] == texts
    assert len(router.exchanges) <= 20
    assert len(router.key_fetches()) - fetched <= 2


def test_a_400_under_an_unchanged_key_is_final(own):
    router, proxy = own
    router.always(refusal(400, "Decryption failed"))
    answer = post(proxy, prompt("refused"))
    assert answer.status_code == 400 and error_of(answer)["code"].startswith("upstream_")
    assert len(router.exchanges) == 1


def test_a_router_that_changes_its_key_all_the_time_is_asked_twice_and_no_more(own):
    router, proxy = own

    def another_key():
        router.rotate()
        return unsealed(router.key.public_key_pem, "text/plain")

    router.key_reply = another_key
    router.always(refusal(400, "Decryption failed"))
    answer = post(proxy, prompt("refused"))
    assert answer.status_code == 400 and len(router.exchanges) == 2


@pytest.mark.parametrize(
    "reply",
    [
        refusal(500, "no key"),
        unsealed("<html>", "text/html"),
        unsealed("", "text/plain"),
        unsealed("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "text/plain"),
    ],
    ids=["500", "HTML", "empty", "broken PEM"],
)
def test_a_router_that_shows_no_key_after_its_rotation_is_an_error(own, reply):
    router, proxy = own
    router.rotate()
    router.key_reply = lambda: reply
    answer = post(proxy, prompt("hello"))
    assert answer.status_code in (400, 502, 503) and error_of(answer)
    assert [each for each in router.exchanges if each.plaintext] == []
    router.key_reply = lambda: unsealed(router.key.public_key_pem, "text/plain")
    assert post(proxy, prompt("and on")).status_code == 200


def test_two_keys_in_one_document_are_not_a_key(start_router, start_proxy):
    router = start_router()
    both = router.keys[0].public_key_pem + router.keys[1].public_key_pem
    router.key_reply = lambda: unsealed(both, "text/plain")
    proxy = start_proxy(router, ready=False, router={"retries": 0})
    proxy.wait_until(proxy.url + "/healthz")
    answer = post(proxy, prompt("hello"))
    assert answer.status_code in (502, 503) and router.exchanges == []


def test_a_router_that_comes_up_later_is_found(start_router, start_proxy):
    port = free_port()
    proxy = start_proxy(f"http://127.0.0.1:{port}", ready=False, router={"retries": 0})
    proxy.wait_until(proxy.url + "/healthz")
    proxy.wait_until(proxy.url + "/readyz", status=503)
    assert post(proxy, prompt("too early")).status_code in (502, 503)
    start_router(port=port)
    proxy.wait_until(proxy.url + "/readyz", seconds=20)
    with sdk_for(proxy) as client:
        assert client.chat.completions.create(**prompt("now")).choices[0].message.content == "now"
