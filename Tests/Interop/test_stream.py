"""Streams through the official SDK, and the bytes that they are made of."""

import asyncio
import json

import httpx
import pytest

from callers import post, prompt, sdk_for
from daemon import mark
from replies import MODEL, completion, late, message, says, sealed
from wire_text import read_stream

LONG = " ".join(f"Sentence number {number} of a long answer — with ünïcode 😀 in it." for number in range(60))
USAGE = {"prompt_tokens": 11, "completion_tokens": 31, "total_tokens": 42}


def test_the_pieces_of_a_stream_are_the_answer(sdk, router):
    router.will(says(LONG))
    chunks = list(sdk.chat.completions.create(**prompt(mark("prompt")), stream=True))
    pieces = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices[0].delta.content]
    assert "".join(pieces) == LONG and len(pieces) > 1
    assert "stream" not in router.exchanges[0].payload


async def test_the_async_client_reads_the_same_stream(async_sdk, router):
    router.will(says(LONG))
    stream = await async_sdk.chat.completions.create(**prompt("tell me"), stream=True)
    assert "".join([chunk.choices[0].delta.content or "" async for chunk in stream]) == LONG


async def test_twenty_streams_at_once_are_not_mixed(async_sdk, router):
    async def told(nonce: str) -> str:
        stream = await async_sdk.chat.completions.create(**prompt(nonce), stream=True)
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    nonces = [mark("prompt") + " and on" * 40 for _ in range(20)]
    assert await asyncio.gather(*map(told, nonces)) == nonces


def test_the_role_comes_first_and_once_with_empty_content(proxy, router):
    deltas = read_stream(proxy.chat_url, prompt("hello there")).deltas()
    assert deltas[0] == {"role": "assistant", "content": ""}
    assert not [delta for delta in deltas[1:] if "role" in delta]


def test_no_piece_of_content_is_empty_when_the_answer_came_at_once(unretried, router):
    router.will(says(LONG))
    pieces = [delta["content"] for delta in read_stream(unretried.chat_url, prompt("tell")).deltas()[1:-1]]
    assert all(pieces) and "".join(pieces) == LONG


@pytest.mark.parametrize("text", ["", "word", "two words", "👩‍👩‍👧‍👦" * 50, "\u2028" * 90, "\n" * 200])
def test_short_odd_and_long_texts_are_put_together_again(proxy, router, text):
    router.will(says(text))
    stream = read_stream(proxy.chat_url, prompt("say it"))
    assert stream.text == text and stream.events[-1] == "[DONE]"


def test_the_finish_chunk_is_the_last_with_a_choice_and_only_it_has_a_reason(proxy, router):
    router.will(sealed(completion(message(LONG), finish="length")))
    choices = [chunk["choices"][0] for chunk in read_stream(proxy.chat_url, prompt("tell")).chunks]
    assert choices[-1]["finish_reason"] == "length" and choices[-1]["delta"] == {}
    assert all(choice["finish_reason"] is None for choice in choices[:-1])


def test_usage_comes_last_when_it_was_asked_for(sdk, router):
    asked = {"include_usage": True}
    chunks = list(sdk.chat.completions.create(**prompt("count"), stream=True, stream_options=asked))
    assert chunks[-1].choices == [] and chunks[-1].usage.model_dump(exclude_none=True) == USAGE
    assert all(chunk.usage is None and chunk.choices for chunk in chunks[:-1])
    assert "stream_options" not in router.exchanges[0].payload


@pytest.mark.parametrize(
    "options", [{}, {"stream_options": {"include_usage": False}}, {"stream_options": None}]
)
def test_usage_does_not_come_unasked(proxy, router, options):
    for chunk in read_stream(proxy.chat_url, prompt("count", **options)).chunks:
        assert chunk["choices"] and chunk.get("usage") is None


@pytest.mark.parametrize("delay", [0, 1.0], ids=["at once", "after the heartbeats began"])
def test_all_chunks_agree_on_id_time_model_and_object(proxy, router, delay):
    router.will(late(delay, says(LONG)))
    usage = {"stream_options": {"include_usage": True}}
    chunks = read_stream(proxy.chat_url, prompt("tell", **usage)).chunks
    assert len({(chunk["id"], chunk["created"], chunk["model"], chunk["object"]) for chunk in chunks}) == 1
    assert chunks[0]["object"] == "chat.completion.chunk" and chunks[0]["model"] == MODEL
    assert isinstance(chunks[0]["created"], int) and chunks[0]["id"]


def test_thinking_is_streamed_before_the_answer_and_apart_from_it(sdk, router):
    router.will(sealed(completion(message("Oslo is the capital.", reasoning=LONG))))
    deltas = [chunk.choices[0].delta for chunk in sdk.chat.completions.create(**prompt("?"), stream=True)]
    thoughts = [getattr(delta, "reasoning_content", None) or "" for delta in deltas]
    answers = [delta.content or "" for delta in deltas]
    assert "".join(thoughts) == LONG and "".join(answers) == "Oslo is the capital."
    assert not any(thought and answer for thought, answer in zip(thoughts, answers, strict=True))
    assert max(i for i, t in enumerate(thoughts) if t) < min(i for i, a in enumerate(answers) if a)


def test_two_choices_are_streamed_each_with_its_role_text_and_end(sdk, router):
    router.will(sealed(completion(message("first " * 50), message("second " * 50))))
    heard, roles, ends = {0: "", 1: ""}, [], []
    for chunk in sdk.chat.completions.create(**prompt("twice", n=2), stream=True):
        for choice in chunk.choices:
            heard[choice.index] += choice.delta.content or ""
            roles += [choice.index] if choice.delta.role else []
            ends += [choice.index] if choice.finish_reason else []
    assert heard == {0: "first " * 50, 1: "second " * 50}
    assert sorted(roles) == [0, 1] and sorted(ends) == [0, 1]


def test_the_sdks_own_accumulator_is_content_with_the_stream(sdk, router):
    router.will(says(LONG))
    with sdk.chat.completions.stream(**prompt("tell"), stream_options={"include_usage": True}) as stream:
        final = stream.get_final_completion()
    assert final.choices[0].message.content == LONG and final.choices[0].finish_reason == "stop"
    assert final.usage.total_tokens == 42


def test_a_stream_of_half_a_mebibyte_is_whole(sdk, router):
    text = "".join(f"{number:07d} " for number in range(1 << 16))
    router.will(says(text))
    chunks = sdk.chat.completions.create(**prompt("tell"), stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == text


def test_the_bytes_of_a_stream_are_plain_data_lines(proxy, router):
    router.will(says("one\u2028two\u2029three\u0085four\r\nfive \x00 " + LONG))
    stream = read_stream(proxy.chat_url, prompt("tell"))
    assert b"\r" not in stream.raw, "LF only"
    for separator in ("\u2028", "\u2029", "\u0085"):
        assert separator.encode() not in stream.raw, "line separators must be escapes"
    assert {line[:6] for line in stream.raw.split(b"\n") if line} == {b"data: "}
    assert stream.raw.endswith(b"}\n\ndata: [DONE]\n\n") and stream.events.count("[DONE]") == 1
    assert stream.text == "one\u2028two\u2029three\u0085four\r\nfive \x00 " + LONG


def test_every_choice_of_every_chunk_has_the_members_that_strict_clients_want(proxy, router):
    router.will(says(LONG))
    for chunk in read_stream(proxy.chat_url, prompt("tell")).chunks:
        for choice in chunk["choices"]:
            assert {"index", "delta", "finish_reason", "logprobs"} <= set(choice)


def test_the_body_ends_right_after_done(proxy, router):
    router.will(late(0.8, says("after the commit")))
    stream = read_stream(proxy.chat_url, prompt("tell"))
    last_bytes, end = stream.arrivals[-2][0], stream.arrivals[-1][0]
    assert stream.events[-1] == "[DONE]" and end - last_bytes < 2


def test_the_head_of_a_stream_is_an_event_stream_that_nobody_may_keep_or_pack(proxy, router):
    headers = read_stream(proxy.chat_url, prompt("tell"), accept_encoding="gzip, br").headers
    assert headers["content-type"].split(";")[0] == "text/event-stream"
    assert "no-cache" in headers["cache-control"] and headers["x-accel-buffering"] == "no"
    assert headers["x-request-id"]
    assert "content-length" not in headers and "content-encoding" not in headers


def test_one_connection_serves_a_stream_and_then_another_request(proxy, router):
    with httpx.Client(timeout=10) as client:
        ports = []
        for stream in (True, False, True):
            body = prompt("hello", stream=stream)
            with client.stream("POST", proxy.chat_url, json=body) as answer:
                ports.append(answer.extensions["network_stream"].get_extra_info("client_addr"))
                assert answer.status_code == 200 and "hello" in answer.read().decode()
    assert len(set(ports)) == 1


def test_stream_false_is_a_whole_answer_and_stays_here(proxy, router):
    answer = post(proxy, prompt("whole", stream=False))
    assert answer.json()["object"] == "chat.completion"
    assert "stream" not in json.loads(router.exchanges[0].plaintext)


def test_a_stream_reaches_a_client_that_asks_with_a_long_timeout_between_chunks(start_proxy, router):
    proxy = start_proxy(router, stream={"commit_after": "100ms", "keepalive": "100ms"})
    router.will(late(4, says("patience")))
    with sdk_for(proxy, timeout=httpx.Timeout(10, read=3)) as client:
        chunks = list(client.chat.completions.create(**prompt("wait"), stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "patience"
