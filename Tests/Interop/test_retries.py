"""When the proxy sends again, when it does not, and that every attempt is sealed anew."""

import httpx
import openai
import pytest

from callers import error_of, post, prompt, sdk_for
from daemon import mark
from replies import dropped, refusal, says

TEMPORARY = [429, 500, 502, 503, 504]


def assert_sealed_anew(exchanges) -> None:
    """No two attempts share an id, a wrapped key, a nonce or a ciphertext; all hold the same text."""
    for secret in (
        lambda each: each.payload_id,
        lambda each: each.envelope["encrypted_aes_key"],
        lambda each: each.envelope["encrypted_payload"]["nonce"],
        lambda each: each.envelope["encrypted_payload"]["ciphertext"],
    ):
        assert len({secret(each) for each in exchanges}) == len(exchanges)
    assert len({each.plaintext.strip() for each in exchanges}) == 1


@pytest.mark.parametrize("status", TEMPORARY)
def test_a_passing_failure_is_hidden_and_the_second_attempt_is_sealed_anew(start_proxy, router, status):
    proxy, said = start_proxy(router), mark("answer")
    router.will(refusal(status, "for a moment"), says(said))
    answer = post(proxy, prompt(mark("prompt")))
    assert answer.status_code == 200 and answer.json()["choices"][0]["message"]["content"] == said
    assert len(router.exchanges) == 2
    assert_sealed_anew(router.exchanges)


def test_a_passing_failure_of_a_stream_is_hidden_too(proxy, router):
    router.will(refusal(502, "for a moment"))
    with sdk_for(proxy) as client:
        chunks = list(client.chat.completions.create(**prompt("again"), stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "again"
    assert_sealed_anew(router.exchanges)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_waited_for(start_proxy, router, status):
    proxy = start_proxy(router)
    router.will(refusal(status, "in a while", retry_after="2"))
    assert post(proxy, prompt("again")).status_code == 200
    first, second = router.exchanges
    assert 1.9 <= second.arrived - first.arrived < 6


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refusal_is_final(start_proxy, proxy, router, status):
    used = start_proxy(router) if status == 401 else proxy
    router.will(refusal(status, "no"))
    answer = post(used, prompt("once"))
    assert answer.status_code == status and len(router.exchanges) == 1


def test_a_500_is_tried_once_more_and_not_twice(proxy, router):
    router.always(refusal(500, "broken"))
    answer = post(proxy, prompt("again"))
    assert answer.status_code in (500, 502) and len(router.exchanges) == 2
    assert answer.headers["x-should-retry"] == "false"


def test_a_502_is_tried_twice_more_by_default(proxy, router):
    router.always(refusal(502, "gateway"))
    answer = post(proxy, prompt("again"))
    assert answer.status_code == 502 and len(router.exchanges) == 3
    assert answer.headers["x-should-retry"] == "false" and error_of(answer)["code"].startswith("upstream_")
    assert_sealed_anew(router.exchanges)


def test_the_retries_of_the_sdk_do_not_multiply_with_the_proxys(proxy, router):
    router.always(refusal(502, "gateway"))
    with sdk_for(proxy, max_retries=2) as client, pytest.raises(openai.InternalServerError):
        client.chat.completions.create(**prompt("again"))
    assert len(router.exchanges) == 3


def test_a_503_is_tried_at_most_once_more(start_proxy, router):
    proxy = start_proxy(router)
    router.always(refusal(503, "busy"))
    answer = post(proxy, prompt("again"))
    assert answer.status_code == 503 and len(router.exchanges) <= 2
    assert answer.headers["x-should-retry"] == "false"


def test_a_503_is_final_for_the_tier_maximum(start_proxy, router):
    proxy = start_proxy(router)
    router.always(refusal(503, "no TPM"))
    answer = post(proxy, prompt("again"), X_Security_Tier="maximum")
    assert answer.status_code == 503 and len(router.exchanges) == 1


def test_a_rate_limit_that_stays_is_handed_on_in_the_end(start_proxy, router):
    proxy = start_proxy(router, router={"retries": 1})
    router.always(refusal(429, "slow down", retry_after="1"))
    answer = post(proxy, prompt("again"))
    assert answer.status_code == 429 and len(router.exchanges) == 2
    assert answer.headers["x-should-retry"] == "false" and int(answer.headers["retry-after"]) >= 1


def test_no_retries_means_one_attempt(unretried, router):
    for status in (500, 502, 504):
        router.reset()
        router.always(refusal(status, "broken"))
        assert post(unretried, prompt("once")).status_code >= 500
        assert len(router.exchanges) == 1


def test_a_router_that_hangs_up_once_costs_no_more_than_one_more_attempt(proxy, router):
    router.will(dropped())
    answer = post(proxy, prompt("again"))
    assert answer.status_code in (200, 502) and len(router.exchanges) <= 2
    if len(router.exchanges) == 2:
        assert answer.status_code == 200
        assert_sealed_anew(router.exchanges)


def test_a_caller_that_leaves_between_two_attempts_ends_them(start_proxy, router):
    proxy = start_proxy(router)
    router.always(refusal(429, "in a while", retry_after="2"))
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(proxy.chat_url, json=prompt("leave"), timeout=1)
    with pytest.raises(AssertionError):
        router.wait_for(2, seconds=3)
    assert len(router.exchanges) == 1
