"""The test router against the `nomyo` client: what the other tests stand on."""

import asyncio
import json

import httpx
import nomyo
import pytest

from replies import (
    ENVELOPE_FAULTS,
    MODEL,
    completion,
    dropped,
    late,
    message,
    refusal,
    says,
    sealed,
    unsealed,
)

ASK = {"model": MODEL, "messages": [{"role": "user", "content": "är det här? 😀 \u2028"}]}


async def test_the_client_gets_its_own_words_back(router, nomyo_client):
    answer = await nomyo_client(router.url).create(**ASK)
    assert answer["choices"][0]["message"] == {"role": "assistant", "content": ASK["messages"][0]["content"]}
    assert answer["_metadata"]["is_encrypted"] and isinstance(answer["_metadata"]["processed_at"], int)


async def test_the_exact_text_inside_the_envelope_is_recorded(router, nomyo_client):
    await nomyo_client(router.url).create(**ASK, temperature=1.0, tools=[])
    [exchange] = router.exchanges
    assert exchange.plaintext == json.dumps(ASK | {"temperature": 1.0, "tools": []}).encode()
    assert (
        exchange.payload_id.count("-") == 4 and exchange.header("content-type") == "application/octet-stream"
    )


async def test_a_sealed_text_arrives_as_it_was_given(router, nomyo_client):
    text = '{"x":12345678901234567890,"choices":[{"message":{"role":"assistant","content":"\u2028\\u2028"}}]}'
    router.will(sealed(text))
    answer = await nomyo_client(router.url).create(**ASK)
    assert answer["choices"][0]["message"]["content"] == "\u2028\u2028"
    assert answer["x"] == 12345678901234567890


async def test_many_callers_at_once_get_their_own_answers(router, nomyo_client):
    client = nomyo_client(router.url)
    texts = [f"number {number}" for number in range(20)]
    answers = await asyncio.gather(
        *(client.create(model=MODEL, messages=[{"role": "user", "content": text}]) for text in texts)
    )
    assert [answer["choices"][0]["message"]["content"] for answer in answers] == texts


async def test_a_former_key_is_refused_after_rotation(start_router, nomyo_client):
    router = start_router()
    client = nomyo_client(router.url)
    stale = await client.client.fetch_server_public_key()
    router.rotate()

    async def stale_key() -> str:
        return stale

    fresh, client.client.fetch_server_public_key = client.client.fetch_server_public_key, stale_key
    with pytest.raises(nomyo.InvalidRequestError, match="Decryption failed"):
        await client.create(**ASK)
    client.client.fetch_server_public_key = fresh
    assert (await client.create(**ASK))["choices"]


async def test_a_wrong_key_is_refused_with_401(start_router, nomyo_client):
    router = start_router(api_key="right")
    with pytest.raises(nomyo.AuthenticationError):
        await nomyo_client(router.url, api_key="wrong").create(**ASK)
    assert (await nomyo_client(router.url, api_key="right").create(**ASK))["choices"]


@pytest.mark.parametrize(
    "fault",
    ["wrong version", "wrong algorithm", "bad tag", "bad wrapped key", "cut in the middle", "nothing at all"],
)
async def test_the_client_refuses_a_spoilt_envelope(router, nomyo_client, fault):
    router.will(says("never seen", mangle=ENVELOPE_FAULTS[fault]))
    with pytest.raises((nomyo.SecurityError, nomyo.APIConnectionError)):
        await nomyo_client(router.url).create(**ASK)


async def test_the_client_cannot_open_what_was_sealed_to_another_key(router, nomyo_client):
    router.will(says("never seen", seal_to=router.keys[0].public_key_pem))
    with pytest.raises((nomyo.SecurityError, nomyo.APIConnectionError)):
        await nomyo_client(router.url).create(**ASK)


@pytest.mark.parametrize("fault", ["blank inside base64", "a member twice"])
async def test_the_lax_faults_are_real_envelopes_to_a_lax_reader(router, nomyo_client, fault):
    router.will(says("seen", mangle=ENVELOPE_FAULTS[fault]))
    answer = await nomyo_client(router.url).create(**ASK)
    assert answer["choices"][0]["message"]["content"] == "seen"


@pytest.mark.parametrize(
    "reply",
    [
        unsealed(completion(message("plain"))),
        unsealed("<html>", "text/html"),
        unsealed("data: {}\n\n", "text/event-stream"),
        dropped(),
        says("cut", sends=40),
    ],
)
async def test_the_client_fails_on_answers_that_are_no_envelope(router, nomyo_client, reply):
    router.will(reply)
    with pytest.raises((nomyo.SecurityError, nomyo.APIConnectionError)):
        await nomyo_client(router.url).create(**ASK)


@pytest.mark.parametrize(
    "status, error",
    [
        (400, nomyo.InvalidRequestError),
        (401, nomyo.AuthenticationError),
        (403, nomyo.ForbiddenError),
        (429, nomyo.RateLimitError),
        (500, nomyo.ServerError),
        (503, nomyo.ServiceUnavailableError),
    ],
)
async def test_refusals_carry_their_detail(router, nomyo_client, status, error):
    router.will(refusal(status, "because", retry_after="1"))
    with pytest.raises(error, match="because"):
        await nomyo_client(router.url).create(**ASK)


async def test_a_caller_that_leaves_while_it_waits_is_noticed(router, nomyo_client):
    router.will(late(30, says("too late")))
    asking = asyncio.create_task(nomyo_client(router.url).create(**ASK))
    [exchange] = await asyncio.to_thread(router.wait_for, 1)
    asking.cancel()
    assert await asyncio.to_thread(exchange.client_gone.wait, 10)


async def test_connections_are_kept_open_between_requests(router):
    async with httpx.AsyncClient() as client:
        for _ in range(2):
            assert "data" in (await client.get(router.url + "/v1/models")).json()
    assert router.others[0].connection == router.others[1].connection


async def test_a_large_body_is_answered_with_100_continue(router):
    reader, writer = await asyncio.open_connection("127.0.0.1", router.port)
    writer.write(b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
    assert (await asyncio.wait_for(reader.readline(), 10)).startswith(b"HTTP/1.1 100")
    writer.close()
