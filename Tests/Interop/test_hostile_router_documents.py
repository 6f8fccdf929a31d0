"""Authentic answers that were made to cost: large, deep, with a million of everything, with values that are hard to read."""

import json

import pytest

from hostile_daemon import DIALECTS, Hostile, streamed
from replies import MODEL, completion, message, tool_call
from watching import MEBIBYTE, descriptors

MILLION = 1_000_000
LIMIT = 96  # of the envelope: what is in it has three quarters
LARGEST = 60 * MEBIBYTE
LONG = 60  # seconds that reading tens of megabytes may take on a busy machine
REFUSED = 502, "upstream_answer"
UNREADABLE = 502, "upstream_integrity"


@pytest.fixture(scope="module")
def shared_roomy(hostile_router):
    hostile = Hostile(hostile_router, LIMIT, **{"[chatbots]": {"id": "bot", "model": MODEL, "name": "Bot"}})
    yield hostile
    hostile.stop()


@pytest.fixture
def roomy(shared_roomy):
    """A daemon that takes large answers."""
    with shared_roomy.case():
        yield shared_roomy


def test_what_is_in_use_at_first(shared_roomy):
    shared_roomy.serves()
    shared_roomy.at_first = descriptors(shared_roomy.proxy)


def members(count: int, value: bytes = b"0") -> bytes:
    """So many different members, without braces; by the block, because there are millions."""
    block = b",".join(b'"@%03x":%s' % (number, value) for number in range(4096))
    blocks = [block.replace(b"@", b"%x" % number) for number in range(count // 4096)]
    return b",".join([*blocks, *(b'"_%x":%s' % (number, value) for number in range(count % 4096))])


def objects(count: int, text: bytes) -> bytes:
    return (text + b",") * (count - 1) + text


def completing(**parts) -> bytes:
    """A completion with some of its parts replaced by raw JSON text: of the choice, the message, or the whole."""
    made = completion(message("fine"), usage={"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3})
    made["choices"][0]["message"]["tool_calls"] = None
    holders = {
        "message": made["choices"][0]["message"],
        "choice": made["choices"][0],
        "usage": made["usage"],
        "whole": made,
    }
    text = {}
    for place, raw in parts.items():
        holder, _, name = place.partition("_")
        holders[holder][name or f"@{place}"] = f"@{place}"
        text[place] = raw
    said = json.dumps(made).encode()
    for place, raw in text.items():
        # Without a name, the text is members.
        name = place.partition("_")[2]
        old = f'"@{place}"' if name else f'"@{place}": "@{place}"'
        said = said.replace(old.encode(), raw)
    return said


CALL = b'{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}'
CHOICE = b'{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}'

#: What is inside, and what becomes of it: 200 or one of the errors.
COSTLY = {
    "a million members in the whole": (lambda: completing(whole=members(MILLION)), 200),
    "a million members in the usage": (lambda: completing(usage=members(MILLION)), 200),
    "a million members in a call": (
        lambda: completing(message_tool_calls=b"[" + CALL[:-1] + b"," + members(MILLION) + b"}]"), 200),
    "as many members as there is room for": (lambda: completing(message=members(6 * MILLION)), 200),
    "128 choices with fifty thousand members each": (
        lambda: completing(
            whole_choices=b"[" + objects(128, CHOICE.replace(b'"content"', members(50_000) + b',"content"')) + b"]"), 200),
    "a thousand calls with six thousand members each": (
        lambda: completing(message_tool_calls=b"[" + objects(1000, CALL[:-1] + b"," + members(6000) + b"}") + b"]"), 200),
    "a million times the same member": (lambda: completing(message=b'"a":0,' * MILLION + b'"a":0'), REFUSED),
    "a million choices": (
        lambda: completing(whole_choices=b"[" + objects(MILLION, b'{"message":{"content":"a"}}') + b"]"), REFUSED),
    "ten million empty choices": (lambda: completing(whole_choices=b"[" + objects(10 * MILLION, b"{}") + b"]"), REFUSED),
    "a million calls": (
        lambda: completing(message_tool_calls=b"[" + objects(MILLION, b'{"function":{"name":"f"}}') + b"]"), REFUSED),
    "ten million empty calls": (
        lambda: completing(message_tool_calls=b"[" + objects(10 * MILLION, b"{}") + b"]"), REFUSED),
    "a million parts of content": (
        lambda: completing(message_content=b"[" + objects(MILLION, b'{"type":"text","text":"a"}') + b"]"), 200),
    "a million probabilities": (
        lambda: completing(
            choice_logprobs=b'{"content":[' + objects(MILLION, b'{"token":"f","logprob":-1,"bytes":[102]}') + b"]}"), 200),
    "thirty million numbers": (lambda: completing(whole_extra=b"[" + objects(30 * MILLION, b"1") + b"]"), 200),
    "a hundred thousand levels": (
        lambda: completing(message_content=b'[{"a":' * 50_000 + b"0" + b"}]" * 50_000), UNREADABLE),
    "a hundred thousand levels that do not end": (lambda: completing()[:-1] + b',"a":' + b"[" * 100_000, UNREADABLE),
    "forty megabytes of escapes": (
        lambda: completing(message_content=b'"' + rb"\u0041" * (7 * MEBIBYTE) + b'"'), 200),
    "forty megabytes of quotes": (lambda: completing(message_content=b'"' + rb"\"\\" * (10 * MEBIBYTE) + b'"'), 200),
    "forty megabytes of halves of pairs": (
        lambda: completing(message_content=b'"' + rb"\ud83d" * (7 * MEBIBYTE) + b'"'), 200),
    "ten megabytes of digits": (lambda: completing(usage_prompt_tokens=b"9" * (10 * MEBIBYTE)), 200),
    "ten megabytes of a name": (lambda: completing(message=b'"' + b"n" * (10 * MEBIBYTE) + b'":0'), 200),
    "a reason of ten megabytes": (lambda: completing(choice_finish_reason=b'"' + b"r" * (10 * MEBIBYTE) + b'"'), 200),
    "arguments of forty megabytes": (
        lambda: completing(
            message_tool_calls=b"[" + CALL.replace(b"{}", rb"{\"a\":\"" + b"x" * (40 * MEBIBYTE) + rb"\"}") + b"]"), 200),
}


@pytest.mark.parametrize("kind", COSTLY)
def test_what_was_made_to_cost(roomy, kind):
    make, expected = COSTLY[kind]
    text = make()
    assert len(text) < LIMIT * MEBIBYTE * 3 // 4 - 1000
    roomy.router.behaviour = lambda wire: wire.says(text)
    if expected == 200:
        outcome = roomy.ask(within=LONG)
        assert outcome.status == 200 and outcome.answer.text.startswith("{"), outcome.answer.text[:300]
    else:
        outcome = roomy.refused(expected, within=LONG)
    print(f"{kind}: {len(text) / MEBIBYTE:.0f} MiB took {outcome.mebibytes:.0f}, {outcome.seconds:.1f} s")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_largest_answer(roomy, dialect):
    text = json.dumps(completion(message("x" * LARGEST))).encode()
    roomy.router.behaviour = lambda wire: wire.says(text)
    outcome = roomy.ask(*DIALECTS[dialect], within=LONG)
    print(f"{dialect}: {outcome.mebibytes:.0f} MiB, {outcome.seconds:.1f} s")
    assert outcome.status == 200 and len(outcome.answer.content) > LARGEST


def test_an_envelope_with_millions_of_members(roomy):
    """What is outside of the seal nobody vouches for, so it is not even looked at."""

    def answer(wire):
        sealed = json.dumps(wire.sealed(completion(message("fine")))).encode()
        wire.answer(sealed[:-1] + b"," + members(8 * MILLION) + b"}")

    roomy.router.behaviour = answer
    roomy.refused(UNREADABLE, within=LONG)


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
def test_an_envelope_of_a_hundred_thousand_levels(roomy, opening):
    roomy.router.behaviour = lambda wire: wire.answer(b'{"version":' + opening * 100_000)
    roomy.refused(UNREADABLE)


#: Values that readers stumble over, in the places where the daemon reads numbers and texts.
ODD_NUMBERS = ["9223372036854775807", "-9223372036854775808", "18446744073709551616", "1e308", "1e999999999", "-1",
               "-0.0", "0.5", "1E-400", "9" * 5000, '"12"', "null", "[]", "{}", "true", '"\\ud800"']
PLACES = ["usage_prompt_tokens", "usage_completion_tokens", "usage_total_tokens", "whole_created", "choice_index"]
ODD_TEXTS = ['""', '"\\u0000\\u001b[31m\\r\\n"', '"\\udc00\\ud800"', "7", "null", "[]", "{}", "false", '"' + "x" * 70_000 + '"']
TEXT_PLACES = ["whole_id", "whole_model", "whole_object", "choice_finish_reason", "message_role", "message_content",
               "message_reasoning_content", "message_refusal", "message_tool_calls", "message_function_call",
               "choice_logprobs", "whole_usage", "whole_choices", "choice_message", "whole__metadata", "whole_system_fingerprint"]


def outcomes_everywhere(hostile: Hostile, text: bytes) -> None:
    """In each dialect, whole and as a stream, it is an answer of that dialect or one clear error."""
    hostile.router.behaviour = lambda wire: wire.says(text)
    for dialect, (path, body) in DIALECTS.items():
        for request in [body, *([body | {"stream": True}] if dialect != "enclava" else [])]:
            outcome = hostile.ask(path, request)
            if outcome.status == 200 and request.get("stream"):
                assert streamed(dialect, outcome.answer)
            elif outcome.status == 200:
                assert json.loads(outcome.answer.content, parse_int=str)
            else:
                assert outcome.status == 502 and len(outcome.answer.content) < 2000, (dialect, outcome.answer.text)


@pytest.mark.parametrize("place", PLACES)
def test_numbers_that_readers_stumble_over(roomy, place):
    for number in ODD_NUMBERS:
        outcomes_everywhere(roomy, completing(**{place: number.encode()}))


def test_counts_whose_sum_is_too_large(roomy):
    most = b"9223372036854775807"
    outcomes_everywhere(roomy, completing(usage_prompt_tokens=most, usage_completion_tokens=most, usage_total_tokens=b"null"))
    outcomes_everywhere(roomy, completing(usage_prompt_tokens=most, usage_completion_tokens=most, usage_total_tokens=b"-1"))
    nested = b'{"reasoning_tokens":%s,"cached_tokens":%s}' % (most, most)
    outcomes_everywhere(roomy, completing(usage_prompt_tokens_details=nested, usage_completion_tokens_details=nested))


@pytest.mark.parametrize("place", TEXT_PLACES)
def test_texts_that_are_none(roomy, place):
    for text in ODD_TEXTS:
        outcomes_everywhere(roomy, completing(**{place: text.encode()}))


ODD_CALLS = ["[{}]", "[null]", "[[]]", '[{"function":{}}]', '[{"function":{"name":7,"arguments":9}}]',
             '[{"function":{"name":"f","arguments":"{"}}]', '[{"function":{"name":"f","arguments":"[[[[1]]]]"}}]',
             '[{"function":{"name":"f\\n\\u2028","arguments":"{\\"a\\":' + "[" * 5000 + '"}}]',
             '[{"id":"\\u0000","type":"none","function":{"name":"","arguments":{"a":[1]}}}]',
             '[{"function":{"name":"f","arguments":"' + '{\\"a\\":' * 1000 + "1" + "}" * 1000 + '"}}]', '{"0":{}}', '"f()"']


def test_calls_that_are_none(roomy):
    for calls in ODD_CALLS:
        outcomes_everywhere(roomy, completing(message_tool_calls=calls.encode()))


def test_it_leaves_nothing_behind(shared_roomy):
    shared_roomy.leaves_nothing(shared_roomy.at_first)
