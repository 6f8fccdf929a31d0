"""Streams while the router is still thinking: the commit, heartbeats, and failures before and after it."""

import time

import openai
import pytest

from callers import error_of, post, prompt, sdk_for
from daemon import Proxy, mark
from replies import ENVELOPE_FAULTS, dropped, late, refusal, says
from wire_text import read_stream

SLOW = {"commit_after": "300ms", "keepalive": "200ms"}


@pytest.fixture(scope="module")
def beating(shared_router):
    """A proxy with quick heartbeats that never sends a request twice by itself."""
    changes = {"stream": SLOW, "router": {"retries": 0}}
    proxy = Proxy(shared_router.url, api_key=mark("key"), changes=changes).ready()
    yield proxy
    proxy.stop()


def test_heartbeats_are_chunks_with_empty_content(beating, router):
    router.will(late(1.6, says("the answer at last")))
    began = time.monotonic()
    stream = read_stream(beating.chat_url, prompt("think"))
    first_text = next(i for i, delta in enumerate(stream.deltas()) if delta.get("content"))
    beats = stream.chunks[1:first_text]
    assert stream.deltas()[0] == {"role": "assistant", "content": ""}
    assert 3 <= len(beats) <= (stream.arrivals[-1][0] - began) / 0.2
    for beat in beats:
        assert [(c["index"], c["delta"], c["finish_reason"]) for c in beat["choices"]] == [
            (0, {"content": ""}, None)
        ]
        assert beat["object"] == "chat.completion.chunk"
    assert stream.text == "the answer at last" and stream.events[-1] == "[DONE]"


def test_the_head_is_held_back_until_the_commit(beating, router):
    router.will(late(3, says("later")))
    began = time.monotonic()
    stream = read_stream(beating.chat_url, prompt("think"))
    first, last = stream.arrivals[0][0] - began, stream.arrivals[-1][0] - began
    assert 0.25 < first < 2.5 < last


def test_the_sdk_reads_over_heartbeats(beating, router):
    router.will(late(1.0, says("the answer at last")))
    with sdk_for(beating) as client:
        with client.chat.completions.stream(**prompt("think")) as stream:
            final = stream.get_final_completion()
    assert final.choices[0].message.content == "the answer at last"


@pytest.mark.parametrize(
    "status, error",
    [(400, openai.BadRequestError), (403, openai.PermissionDeniedError), (404, openai.NotFoundError)],
)
def test_an_early_failure_of_a_stream_keeps_its_status(unretried, router, status, error):
    router.will(refusal(status, "no"))
    with sdk_for(unretried) as client, pytest.raises(error) as raised:
        client.chat.completions.create(**prompt("fail"), stream=True)
    assert raised.value.status_code == status and raised.value.code.startswith("upstream_")


def test_an_early_failure_of_a_stream_is_json_and_no_event(unretried, router):
    router.will(refusal(403, "no"))
    answer = post(unretried, prompt("fail", stream=True))
    assert answer.status_code == 403 and answer.headers["content-type"].startswith("application/json")
    assert error_of(answer)["type"] == "permission_error"


@pytest.mark.parametrize(
    "reply",
    [refusal(500, "broken"), refusal(403, "no"), dropped(), says("never", mangle=ENVELOPE_FAULTS["bad tag"])],
    ids=["500", "403", "dropped", "bad tag"],
)
def test_a_late_failure_is_an_error_event_and_no_done(beating, router, reply):
    router.always(late(0.8, reply))
    stream = read_stream(beating.chat_url, prompt("fail late"))
    assert stream.status == 200
    last = stream.chunks[-1]
    assert set(last) == {"error"}, "no choices beside the error"
    assert set(last["error"]) == {"message", "type", "param", "code"} and last["error"]["message"]
    assert "[DONE]" not in stream.events and not stream.text
    assert sum("error" in chunk for chunk in stream.chunks) == 1


def test_a_late_failure_says_what_an_early_one_would(beating, unretried, router):
    router.will(*[late(delay, says("never", mangle=ENVELOPE_FAULTS["bad tag"])) for delay in (0, 0.8)])
    early = error_of(post(unretried, prompt("fail", stream=True)))
    later = read_stream(beating.chat_url, prompt("fail")).chunks[-1]["error"]
    assert early["code"] == later["code"] == "upstream_integrity"
    assert early["type"] == later["type"]


def test_the_sdk_raises_on_a_late_failure(beating, router):
    router.always(late(0.8, refusal(500, "broken")))
    with sdk_for(beating) as client, pytest.raises(openai.APIError) as raised:
        for chunk in client.chat.completions.create(**prompt("fail late"), stream=True):
            assert not chunk.choices[0].delta.content
    assert raised.value.body["message"]


def test_a_late_failure_ends_the_body_cleanly(beating, router):
    router.always(late(0.8, refusal(403, "no")))
    stream = read_stream(beating.chat_url, prompt("fail late"))  # a cut would raise
    assert stream.raw.endswith(b"}\n\n")
    router.reset()
    assert read_stream(beating.chat_url, prompt("and on")).text == "and on"
