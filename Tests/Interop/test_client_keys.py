"""The proxy's own keys: replaced by command, by use and by age, and no exchange is lost to any of it."""

import asyncio
import json
import signal
import time

import httpx
import pytest

from callers import post, prompt
from daemon import mark
from replies import completion, late, message, refusal, sealed

#: Small keys of three primes are made in a tenth of a second; how they are replaced is the same.
SMALL = {"bits": 3072, "primes": 3}


def status(proxy) -> dict:
    """What the daemon says of itself over its admin socket."""
    return proxy.admin("GET", "/status").json()


def wait_for_generation(proxy, number: int, seconds: float = 120) -> dict:
    deadline = time.monotonic() + seconds
    while (now := status(proxy)["client_keys"])["current"]["number"] < number:
        assert time.monotonic() < deadline, f"generation {number} did not come: {now}\n{proxy.log()}"
        time.sleep(0.05)
    return now


def test_a_signal_replaces_the_key(start_proxy, router):
    proxy = start_proxy(router)
    assert post(proxy, prompt("before")).status_code == 200
    before = status(proxy)["client_keys"]["current"]
    proxy.process.send_signal(signal.SIGUSR1)
    after = wait_for_generation(proxy, before["number"] + 1)["current"]
    assert after["fingerprint"] != before["fingerprint"]
    assert post(proxy, prompt("after")).status_code == 200
    assert router.exchanges[-1].caller_key != router.exchanges[-2].caller_key


def test_an_answer_to_a_replaced_key_is_opened(start_proxy, router):
    proxy = start_proxy(router, keys=SMALL)
    rotations = []

    def rotate_before_answering(exchange):
        rotations.append(proxy.admin("POST", "/rotate").json())
        return sealed(completion(message(exchange.last_content)))

    router.behaviour = rotate_before_answering
    for number in range(5):
        text = mark("prompt")
        answer = post(proxy, prompt(text))
        assert answer.json()["choices"][0]["message"]["content"] == text, answer.text
    assert len(rotations) == 5
    assert len({exchange.caller_key for exchange in router.exchanges}) == 5


async def test_nothing_is_lost_to_rotations_under_load(start_proxy, router):
    proxy = start_proxy(router, keys=SMALL | {"pool": 4})
    router.behaviour = lambda exchange: late(0.02, sealed(completion(message(exchange.last_content))))
    done = asyncio.Event()
    asked = answered = 0

    async def caller(client):
        nonlocal asked, answered
        while not done.is_set():
            text = mark("prompt")
            asked += 1
            answer = await client.post(proxy.chat_url, json=prompt(text))
            assert answer.status_code == 200, answer.text
            answered += answer.json()["choices"][0]["message"]["content"] == text

    async with httpx.AsyncClient(timeout=60) as client:
        callers = [asyncio.create_task(caller(client)) for _ in range(8)]
        for _ in range(200):
            await asyncio.to_thread(proxy.admin, "POST", "/rotate", 60)
        done.set()
        await asyncio.gather(*callers)
    assert asked == answered and asked >= 200
    assert status(proxy)["client_keys"]["current"]["number"] == 201
    assert len({exchange.caller_key for exchange in router.exchanges}) > 100


def test_one_use_gives_every_request_a_pair_of_its_own(start_proxy, router):
    proxy = start_proxy(router, keys={"bits": 3072, "max_uses": 1, "pool": 3})
    for _ in range(12):
        assert post(proxy, prompt("once")).status_code == 200
    keys = [exchange.caller_key for exchange in router.exchanges]
    assert len(keys) == 12 and len(set(keys)) == 12


async def test_one_use_holds_for_requests_that_come_at_once_and_wait(start_proxy, router):
    proxy = start_proxy(router, keys={"bits": 3072, "max_uses": 1, "pool": 2})
    async with httpx.AsyncClient(timeout=120) as client:
        asking = [asyncio.create_task(client.post(proxy.chat_url, json=prompt("at once"))) for _ in range(16)]
        shortage = False
        while not all(task.done() for task in asking):
            ready = await client.get(proxy.url + "/readyz")
            shortage |= ready.status_code == 503 and "unused_client_key" in ready.json()["waiting_for"]
        answers = await asyncio.gather(*asking)
    assert [answer.status_code for answer in answers] == [200] * 16
    assert len({exchange.caller_key for exchange in router.exchanges}) == 16
    assert shortage, "nothing was said while requests waited for a key"
    assert 'nomyo_proxy_client_keys_waiting 0' in proxy.admin("GET", "/metrics").text


def test_a_retry_announces_another_key_when_each_has_one_use(start_proxy, router):
    proxy = start_proxy(router, keys={"bits": 3072, "max_uses": 1, "pool": 3})
    router.will(refusal(503, "busy"))
    assert post(proxy, prompt("again")).status_code == 200
    first, second = router.exchanges
    assert first.caller_key != second.caller_key


def test_a_pair_is_replaced_by_age(start_proxy, router):
    proxy = start_proxy(router, keys={"bits": 3072, "rotate_every": "1s"})
    wait_for_generation(proxy, 3)
    assert post(proxy, prompt("later")).status_code == 200


@pytest.mark.parametrize("primes", [3, 4])
def test_multi_prime_keys_are_ordinary_to_the_package(start_proxy, router, primes):
    proxy = start_proxy(router, keys={"primes": primes})
    text = mark("prompt")
    answer = post(proxy, prompt(text))
    assert answer.json()["choices"][0]["message"]["content"] == text
    assert status(proxy)["client_keys"]["current"]["primes"] == primes


@pytest.mark.parametrize("pads", [True, False])
def test_prompts_of_one_class_have_one_length_on_the_wire(start_proxy, router, pads):
    proxy = start_proxy(router, privacy={"pad_requests": pads})
    for length in (1, 100, 1000, 1800):
        assert post(proxy, prompt("x" * length)).status_code == 200
    sizes = [len(exchange.body) for exchange in router.exchanges]
    plain = [len(exchange.plaintext) for exchange in router.exchanges]
    assert len(set(sizes)) == (1 if pads else 4)
    assert len(set(plain)) == (1 if pads else 4) and (not pads or plain[0] == 2048)
    assert all(json.loads(exchange.plaintext) == exchange.payload for exchange in router.exchanges)


def test_a_prompt_of_exactly_the_limit_is_not_padded_over_it(start_proxy, router):
    proxy = start_proxy(router)
    limit = 10 * 1024 * 1024
    frame = len(json.dumps(prompt(""), separators=(",", ":")))
    body = json.dumps(prompt("x" * (limit - frame - 9)), separators=(",", ":")).encode()
    answer = post(proxy, body)
    assert answer.status_code == 200, answer.text[:300]
    assert len(router.exchanges[-1].plaintext) == limit
