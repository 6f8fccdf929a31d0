"""Whole answers through the official SDK."""

import asyncio
import base64
import json
import random

import pytest

from callers import async_sdk_for, post, prompt, sdk_for
from daemon import mark
from replies import MODEL, completion, late, message, says, sealed

LANGUAGES = {
    "emoji with joiners": "👩‍👩‍👧‍👦 🏳️‍🌈 🇳🇴 e\u0301",
    "right to left": "שלום עולם — مرحبا بالعالم \u202bend\u202c",
    "line separators": "one\u2028two\u2029three\u0085four\r\nfive\tsix",
    "the NUL character": "before\u0000after",
    "quotes and slashes": 'a "quoted" \\ back / slash \b\f',
    "the last code point": "\U0010ffff \ufffd \uffff",
    "blanks around": "  \n text \n  ",
}


def test_a_chat_is_answered_with_what_the_router_said(sdk, router):
    asked, said = mark("prompt"), mark("answer")
    router.will(says(said))
    answer = sdk.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": asked}])
    assert router.exchanges[0].last_content == asked
    assert answer.choices[0].message.content == said
    assert answer.choices[0].message.role == "assistant" and answer.choices[0].finish_reason == "stop"
    assert (answer.object, answer.model, answer.usage.total_tokens) == ("chat.completion", MODEL, 42)


async def test_a_chat_by_the_async_client_is_answered_too(async_sdk, router):
    asked = mark("prompt")
    answer = await async_sdk.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": asked}]
    )
    assert answer.choices[0].message.content == asked
    assert len(router.exchanges) == 1


def test_the_answer_is_the_routers_document_without_its_metadata(proxy, router):
    said = completion(
        message(mark("answer"), reasoning="thought"), system_fingerprint="fp", timings={"ms": 1.50}
    )
    router.will(sealed(said | {"_metadata": {"response_status": "success", "payload_id": None}}))
    answer = post(proxy, prompt("hello"))
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("application/json")
    assert answer.json() == said


def test_thinking_stays_beside_the_answer(sdk, router):
    router.will(sealed(completion(message("Oslo.", reasoning="Norway has one capital."))))
    said = sdk.chat.completions.create(**prompt("capital?")).choices[0].message
    assert (said.content, said.reasoning_content) == ("Oslo.", "Norway has one capital.")


def test_two_choices_come_back_in_their_places(sdk, router):
    router.will(sealed(completion(message("first"), message("second"))))
    answer = sdk.chat.completions.create(**prompt("twice", n=2))
    assert router.exchanges[0].payload["n"] == 2
    assert [(choice.index, choice.message.content) for choice in answer.choices] == [
        (0, "first"),
        (1, "second"),
    ]


def test_json_mode_reaches_the_router_and_its_answer_comes_back(sdk, router):
    router.will(says('{"city": "Oslo", "people": 717710}'))
    answer = sdk.chat.completions.create(**prompt("as JSON"), response_format={"type": "json_object"})
    assert router.exchanges[0].payload["response_format"] == {"type": "json_object"}
    assert json.loads(answer.choices[0].message.content)["people"] == 717710


def test_a_conversation_reaches_the_router_turn_by_turn(sdk, router):
    turns = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hi."},
        {"role": "user", "content": mark("prompt")},
    ]
    sdk.chat.completions.create(model=MODEL, messages=turns, temperature=0, max_tokens=7, stop=["\n"], seed=3)
    payload = router.exchanges[0].payload
    assert payload["messages"] == turns
    assert (payload["temperature"], payload["max_tokens"], payload["stop"], payload["seed"]) == (
        0,
        7,
        ["\n"],
        3,
    )


@pytest.mark.parametrize("text", LANGUAGES.values(), ids=LANGUAGES)
def test_every_script_survives_the_way_there_and_back(sdk, router, text):
    answer = sdk.chat.completions.create(**prompt(text))
    assert router.exchanges[0].last_content == text
    assert answer.choices[0].message.content == text


def test_a_lone_surrogate_in_an_answer_stays_an_escape(proxy, router):
    router.will(says("broken \ud83d emoji"))
    answer = post(proxy, prompt("hello"))
    assert answer.status_code == 200
    assert answer.json()["choices"][0]["message"]["content"] == "broken \ud83d emoji"


def test_a_prompt_of_two_mebibytes_arrives_whole_and_comes_back_whole(sdk, router):
    text = base64.b64encode(random.Random(7).randbytes(3 << 19)).decode()
    assert len(text) == 2 << 20
    answer = sdk.chat.completions.create(**prompt(text))
    assert router.exchanges[0].last_content == text
    assert answer.choices[0].message.content == text


async def test_fifty_at_once_get_each_its_own_answer(proxy, router):
    chance = random.Random(11)
    router.behaviour = lambda asked: late(chance.uniform(0, 0.3), says(f"answer to {asked.last_content}"))
    nonces = [mark("prompt") for _ in range(50)]
    async with async_sdk_for(proxy) as client:
        answers = await asyncio.gather(*(client.chat.completions.create(**prompt(nonce)) for nonce in nonces))
    assert [answer.choices[0].message.content for answer in answers] == [f"answer to {n}" for n in nonces]
    assert sorted(exchange.last_content for exchange in router.exchanges) == sorted(nonces)
    for part in (
        lambda exchange: exchange.payload_id,
        lambda exchange: exchange.envelope["encrypted_aes_key"],
        lambda exchange: exchange.envelope["encrypted_payload"]["nonce"],
    ):
        assert len({part(exchange) for exchange in router.exchanges}) == 50


@pytest.mark.parametrize(
    "path",
    [
        "/v1/chat/completions",
        "/api/v1/chat/completions",
        "/chat/completions",
        "/v1/v1/chat/completions",
        "/v1/chat/completions/",
    ],
)
def test_the_route_answers_under_each_of_its_names(proxy, router, path):
    answer = post(proxy, prompt(mark("prompt")), path)
    assert answer.status_code == 200
    assert answer.json()["choices"][0]["message"]["content"] == router.exchanges[0].last_content


def test_every_answer_has_an_id_of_its_own_and_says_where_the_time_went(proxy, router):
    answers = [post(proxy, prompt("hello")) for _ in range(2)]
    assert len({answer.headers["x-request-id"] for answer in answers}) == 2
    named = {part.split(";")[0].strip() for part in answers[0].headers["server-timing"].split(",")}
    assert {"queue", "seal", "router", "open"} <= named


def test_a_connection_of_the_caller_serves_many_requests(proxy, router):
    with sdk_for(proxy) as client:
        texts = [mark("prompt") for _ in range(5)]
        said = [client.chat.completions.create(**prompt(text)).choices[0].message.content for text in texts]
    assert said == texts


def test_connections_to_the_router_are_used_again(proxy, router):
    post(proxy, prompt("hello"))
    opened = router.connections_opened
    for _ in range(5):
        post(proxy, prompt("hello"))
    assert len(router.exchanges) == 6 and router.connections_opened == opened


@pytest.mark.parametrize("how", ["announce", "silent"])
def test_a_router_that_closes_idle_connections_is_no_fault(proxy, router, how):
    router.always(says("still here", close=how))
    for _ in range(4):
        answer = post(proxy, prompt("hello"))
        assert answer.status_code == 200 and answer.json()["choices"][0]["message"]["content"] == "still here"
