"""The client of the `nomyo` package against `nomyo-dev-router`: the server half, checked by foreign code."""

import asyncio
import base64
import json
import random
import time

import httpx
import nomyo
import pytest
from cryptography.hazmat.primitives import serialization

from daemon import DevRouter

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


@pytest.fixture
def chat(dev_router, nomyo_client):
    """Asks the echo model and gives its answer."""
    client = nomyo_client(dev_router.url)

    async def ask(content: str, **members) -> dict:
        return await client.create(model="echo", messages=[{"role": "user", "content": content}], **members)

    return ask


@pytest.fixture
def faulty(dev_router):
    """Arms a fault of the dev router for its next answers."""

    def arm(mode: str, count: int = 1) -> None:
        httpx.post(
            dev_router.url + "/dev/fault", json={"mode": mode, "count": count}, timeout=5
        ).raise_for_status()

    return arm


async def test_the_echo_model_answers_with_the_last_user_message(chat):
    answer = await chat("say this again")
    choice = answer["choices"][0]
    assert choice["message"]["role"] == "assistant" and choice["message"]["content"] == "say this again"
    assert choice["finish_reason"] == "stop" and answer["object"] == "chat.completion"
    assert answer["model"] == "echo" and answer["id"] and isinstance(answer["created"], int)
    assert {"prompt_tokens", "completion_tokens", "total_tokens"} <= set(answer["usage"])


async def test_the_envelope_says_when_it_was_made(chat):
    metadata = (await chat("hello"))["_metadata"]
    assert metadata["is_encrypted"] and metadata["encryption_algorithm"] == "hybrid-aes256-rsa4096"
    assert abs(metadata["processed_at"] - time.time()) < 60


@pytest.mark.parametrize(
    "text",
    [
        "👩‍👩‍👧‍👦 e\u0301",
        "שלום مرحبا",
        "a\u2028b\u2029c\u0085d",
        "nul \x00 and \x1f",
        '"\\/',
        "",
        "\U0010ffff",
        "\r\n\t",
    ],
)
async def test_every_script_survives(chat, text):
    assert (await chat(text))["choices"][0]["message"]["content"] == text


async def test_two_mebibytes_come_back_whole(chat):
    text = base64.b64encode(random.Random(5).randbytes(3 << 19)).decode()
    assert (await chat(text))["choices"][0]["message"]["content"] == text


async def test_twenty_at_once_get_each_its_own_answer(chat):
    texts = [f"number {number}" for number in range(20)]
    answers = await asyncio.gather(*map(chat, texts))
    assert [answer["choices"][0]["message"]["content"] for answer in answers] == texts


async def test_it_calls_the_tool_that_it_is_told_to_call(chat):
    answer = await chat('call get_weather {"city":"Oslo"}', tools=[WEATHER])
    choice = answer["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    [call] = choice["message"]["tool_calls"]
    assert call["id"] and call["type"] == "function" and call["function"]["name"] == "get_weather"
    assert json.loads(call["function"]["arguments"]) == {"city": "Oslo"}


async def test_without_tools_the_same_words_are_echoed(chat):
    words = 'call get_weather {"city":"Oslo"}'
    assert (await chat(words))["choices"][0]["message"]["content"] == words


async def test_a_conversation_with_a_tools_result_is_answered(dev_router, nomyo_client):
    call = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
    answer = await nomyo_client(dev_router.url).create(
        model="echo",
        tools=[WEATHER],
        messages=[
            {"role": "user", "content": "weather?"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": "rain"},
        ],
    )
    assert answer["choices"][0]["finish_reason"] == "stop"
    assert isinstance(answer["choices"][0]["message"]["content"], str)


@pytest.mark.parametrize("tier", ["standard", "high", "maximum"])
async def test_every_tier_is_served(chat, tier):
    assert (await chat("hello", security_tier=tier))["choices"]


async def test_a_rotation_is_picked_up_by_the_next_request(chat, dev_router):
    before = httpx.get(dev_router.url + "/pki/public_key").text
    assert httpx.post(dev_router.url + "/dev/rotate", timeout=30).status_code < 300
    after = httpx.get(dev_router.url + "/pki/public_key").text
    assert before != after
    assert serialization.load_pem_public_key(after.encode()).key_size == 4096
    assert (await chat("after the rotation"))["choices"][0]["message"]["content"] == "after the rotation"


async def test_what_was_sealed_to_the_former_key_is_a_bad_request(dev_router, nomyo_client):
    client = nomyo_client(dev_router.url)
    stale = httpx.get(dev_router.url + "/pki/public_key").text
    httpx.post(dev_router.url + "/dev/rotate", timeout=30).raise_for_status()

    async def former_key() -> str:
        return stale

    client.client.fetch_server_public_key = former_key
    with pytest.raises(nomyo.InvalidRequestError):
        await client.create(model="echo", messages=[{"role": "user", "content": "x"}])


async def test_a_wrong_api_key_is_an_authentication_error(nomyo_client):
    router = DevRouter("--api-key", "the-right-one").ready()
    try:
        ask = {"model": "echo", "messages": [{"role": "user", "content": "let me in"}]}
        for key in ("the-wrong-one", None):
            with pytest.raises(nomyo.AuthenticationError):
                await nomyo_client(router.url, api_key=key).create(**ask)
        answer = await nomyo_client(router.url, api_key="the-right-one").create(**ask)
        assert answer["choices"][0]["message"]["content"] == "let me in"
    finally:
        router.stop()


async def test_streaming_is_refused_as_the_protocol_says(chat):
    with pytest.raises(nomyo.InvalidRequestError):
        await chat("hello", stream=True)


@pytest.mark.parametrize(
    "payload",
    [
        {"model": "echo"},
        {"messages": []},
        {"model": "echo", "messages": "text"},
        {"model": 1, "messages": []},
    ],
)
async def test_a_sealed_request_without_its_members_is_a_bad_request(dev_router, nomyo_client, payload):
    client = nomyo_client(dev_router.url)
    await client._ensure_keys()
    with pytest.raises(nomyo.InvalidRequestError):
        await client.client.send_secure_request(payload, "0b7c3a52-0000-4000-8000-000000000000")


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"not JSON", b'{"version":"1.0"}', b"[" * 100_000, b"\xff" * 64]
)
def test_what_is_no_envelope_is_a_bad_request(dev_router, body):
    answer = httpx.post(dev_router.url + "/v1/chat/secure_completion", content=body, timeout=5)
    assert answer.status_code == 400 and isinstance(answer.json()["detail"], str)


def test_its_models_come_in_the_open_routers_shape(dev_router):
    document = httpx.get(dev_router.url + "/v1/models", timeout=5).json()
    assert "echo" in [model["id"] for model in document["data"]]


@pytest.mark.parametrize(
    "status, error",
    [
        (400, nomyo.InvalidRequestError),
        (401, nomyo.AuthenticationError),
        (403, nomyo.ForbiddenError),
        (404, nomyo.APIError),
        (429, nomyo.RateLimitError),
        (500, nomyo.ServerError),
        (503, nomyo.ServiceUnavailableError),
        (504, nomyo.APIError),
    ],
)
async def test_a_status_fault_is_the_clients_error_and_then_over(chat, faulty, status, error):
    faulty(f"status-{status}")
    with pytest.raises(error) as raised:
        await chat("fails")
    assert raised.value.status_code == status
    assert (await chat("works"))["choices"][0]["message"]["content"] == "works"


async def test_the_clients_own_retry_gets_past_a_passing_fault(dev_router, nomyo_client, faulty):
    faulty("status-503")
    client = nomyo_client(dev_router.url, max_retries=1)
    answer = await client.create(model="echo", messages=[{"role": "user", "content": "again"}])
    assert answer["choices"][0]["message"]["content"] == "again"


@pytest.mark.parametrize(
    "mode", ["plain", "html", "bad-tag", "wrong-key", "wrong-version", "truncate", "drop"]
)
async def test_a_fault_in_the_answer_is_never_an_answer_to_the_client(chat, faulty, mode):
    faulty(mode)
    with pytest.raises((nomyo.SecurityError, nomyo.APIConnectionError)):
        await chat("fails")
    assert (await chat("works"))["choices"][0]["message"]["content"] == "works"


async def test_a_fault_lasts_as_often_as_it_was_asked_for(chat, faulty):
    faulty("status-500", 2)
    for _ in range(2):
        with pytest.raises(nomyo.ServerError):
            await chat("fails")
    assert (await chat("works"))["choices"]


async def test_a_delay_delays_and_answers(chat, faulty):
    faulty("delay-700")
    began = time.monotonic()
    assert (await chat("slowly"))["choices"][0]["message"]["content"] == "slowly"
    assert 0.7 <= time.monotonic() - began < 5


def test_it_says_loudly_that_it_is_for_development(dev_router):
    assert "development" in dev_router.log().lower()
