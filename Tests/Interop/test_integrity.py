"""A router that answers wrongly: always 502 `upstream_integrity`, never a byte of what it said."""

import json
import uuid

import openai
import pytest

from callers import error_of, post, prompt, sdk_for
from daemon import mark
from replies import ENVELOPE_FAULTS, MODEL, Reply, completion, message, says, sealed, unsealed


def assert_refused(answer, said: str) -> None:
    """The outward error is the same for all of these, and nothing of the router's body is in it."""
    assert answer.status_code == 502
    error = error_of(answer)
    assert error["code"] == "upstream_integrity" and error["type"] == "server_error"
    assert answer.headers["x-should-retry"] == "false"
    assert said not in answer.text and said not in str(answer.headers)


@pytest.mark.parametrize("fault", ENVELOPE_FAULTS)
def test_a_spoilt_envelope_is_refused_and_not_asked_for_again(proxy, router, fault):
    said = mark("answer")
    router.always(says(said, mangle=ENVELOPE_FAULTS[fault]))
    assert_refused(post(proxy, prompt("hello")), said)
    assert len(router.exchanges) == 1


SAID = mark("answer")
UNSEALED = {
    "a plain completion": unsealed(completion(message(SAID))),
    "a page": unsealed(f"<html><body>{SAID}</body></html>", "text/html"),
    "an event stream": unsealed(
        f"data: {json.dumps(completion(message(SAID)))}\n\ndata: [DONE]\n\n", "text/event-stream"
    ),
    "plain text": unsealed(SAID, "text/plain"),
    "a JSON string": unsealed(json.dumps(SAID)),
    "null": unsealed("null"),
    "an error object": unsealed({"error": {"message": SAID}}),
    "binary": unsealed(b"\x00\xff" * 64 + SAID.encode(), "application/octet-stream"),
    "nesting without end": unsealed("[" * 200_000),
}


@pytest.mark.parametrize("kind", UNSEALED)
def test_an_answer_in_clear_is_refused(proxy, router, kind):
    router.always(UNSEALED[kind])
    assert_refused(post(proxy, prompt("hello")), SAID)
    assert len(router.exchanges) == 1


INSIDE = {
    "no JSON": b"this is no JSON " + SAID.encode(),
    "an array": json.dumps([completion(message(SAID))]),
    "a string": json.dumps(SAID),
    "two documents": json.dumps(completion(message(SAID))) * 2,
    "bytes that are not UTF-8": b'{"choices": "\xff' + SAID.encode() + b'"}',
    "a byte order mark": b"\xef\xbb\xbf" + json.dumps(completion(message(SAID))).encode(),
    "nothing": b"",
}


@pytest.mark.parametrize("kind", INSIDE)
def test_a_sealed_text_that_is_no_completion_is_refused(proxy, router, kind):
    router.always(sealed(INSIDE[kind]))
    assert_refused(post(proxy, prompt("hello")), SAID)


def test_an_answer_sealed_to_another_key_is_refused(proxy, router):
    router.always(says(SAID, seal_to=router.keys[1].public_key_pem))
    assert_refused(post(proxy, prompt("hello")), SAID)


def test_an_answer_that_belongs_to_another_request_is_refused(proxy, router):
    foreign = {"payload_id": str(uuid.uuid4()), "response_status": "success"}
    router.always(sealed(completion(message(SAID)) | {"_metadata": foreign}))
    assert_refused(post(proxy, prompt("hello")), SAID)


def test_an_answer_with_the_id_of_its_request_is_opened(proxy, router):
    router.behaviour = lambda asked: sealed(
        completion(message(SAID)) | {"_metadata": {"payload_id": asked.payload_id}}
    )
    answer = post(proxy, prompt("hello"))
    assert answer.status_code == 200 and "_metadata" not in answer.json()


def test_an_old_answer_played_again_is_refused(proxy, router):
    answers: list[bytes] = []

    def record(envelope: bytes) -> bytes:
        answers.append(envelope)
        return envelope

    router.behaviour = lambda asked: sealed(
        completion(message(SAID)) | {"_metadata": {"payload_id": asked.payload_id}}, mangle=record
    )
    assert post(proxy, prompt("first")).status_code == 200
    router.always(Reply(body=answers[0]))
    assert_refused(post(proxy, prompt("second")), SAID)


def test_an_answer_that_is_cut_on_the_wire_is_a_502(unretried, router):
    said = mark("answer")
    router.always(says(said, sends=200))
    answer = post(unretried, prompt("hello"))
    assert answer.status_code == 502 and error_of(answer)["code"].startswith("upstream_")
    assert said not in answer.text


def test_an_answer_over_the_limit_is_refused_without_being_read_to_its_end(start_proxy, router):
    proxy = start_proxy(router, limits={"response": "1MiB"})
    router.always(says(SAID + "x" * (8 << 20)))
    assert_refused(post(proxy, prompt("hello")), SAID)
    router.always(says("small enough"))
    assert post(proxy, prompt("hello")).status_code == 200


def test_the_sdk_meets_an_internal_server_error(proxy, router):
    router.always(says(SAID, mangle=ENVELOPE_FAULTS["bad tag"]))
    with sdk_for(proxy, max_retries=2) as client, pytest.raises(openai.InternalServerError) as raised:
        client.chat.completions.create(**prompt("hello"))
    assert raised.value.code == "upstream_integrity"
    assert len(router.exchanges) == 1, "the SDK tried again although it was told not to"


@pytest.mark.parametrize("stream", [False, True])
def test_a_refusal_looks_the_same_for_every_fault(unretried, router, stream):
    seen = set()
    for fault in ("wrong version", "bad tag", "bad wrapped key", "short nonce", "cut in the middle"):
        router.always(says(SAID, mangle=ENVELOPE_FAULTS[fault]))
        answer = post(unretried, prompt("hello", stream=stream))
        assert_refused(answer, SAID)
        seen.add(answer.text)
    assert len(seen) == 1, "the error tells the faults apart"


def test_the_log_names_the_failure_and_nothing_else(start_proxy, router):
    proxy, said, asked = start_proxy(router), mark("answer"), mark("prompt")
    before = len(proxy.log())
    router.always(says(said, mangle=ENVELOPE_FAULTS["bad tag"]))
    answer = post(proxy, prompt(asked))
    assert_refused(answer, said)
    proxy.stop()
    logged = proxy.log()[before:]
    assert "integrity" in logged.lower()
    assert asked not in logged and said not in logged and proxy.api_key not in logged


def test_honest_answers_after_many_faults_are_opened(proxy, router):
    for fault in ENVELOPE_FAULTS.values():
        router.will(says(SAID, mangle=fault))
        post(proxy, prompt("hello"))
    answer = post(proxy, prompt("hello"))
    assert answer.json()["choices"][0]["message"]["content"] == "hello" and answer.json()["model"] == MODEL
