"""Requests that are refused here: nothing of them may reach the router, and the process survives them all."""

import json

import httpx
import openai
import pytest

from callers import error_of, post, prompt, sdk_for
from daemon import mark
from replies import MODEL, says

SECRET = mark("prompt")
TURN = '{"role":"user","content":"%s"}' % SECRET
MEBIBYTE = 1 << 20

#: name -> (body, the member that `param` must name, None where there is none)
MALFORMED = {
    "no model": ('{"messages":[%s]}' % TURN, "model"),
    "no messages": ('{"model":"echo"}', "messages"),
    "null as model": ('{"model":null,"messages":[%s]}' % TURN, "model"),
    "a number as model": ('{"model":7,"messages":[%s]}' % TURN, "model"),
    "messages as a string": ('{"model":"echo","messages":"%s"}' % SECRET, "messages"),
    "messages as an object": ('{"model":"echo","messages":%s}' % TURN, "messages"),
    "model twice": ('{"model":"echo","messages":[%s],"model":"other"}' % TURN, "model"),
    "model twice under an escape": ('{"model":"echo","messages":[%s],"mod\\u0065l":"other"}' % TURN, "model"),
    "messages twice": ('{"messages":[],"model":"echo","messages":[%s]}' % TURN, "messages"),
    "an unknown member twice": ('{"model":"echo","messages":[%s],"x":1,"x":2}' % TURN, "x"),
    "empty body": ("", None),
    "white space only": (" \n ", None),
    "not JSON": (SECRET, None),
    "a form": (f"prompt={SECRET}", None),
    "an array": ("[%s]" % TURN, None),
    "a string": ('"%s"' % SECRET, None),
    "null": ("null", None),
    "cut off": ('{"model":"echo","messages":[%s' % TURN, None),
    "something after the end": ('{"model":"echo","messages":[%s]} x' % TURN, None),
    "two documents": ('{"model":"echo","messages":[%s]}' % TURN * 2, None),
    "a comma too many": ('{"model":"echo","messages":[%s],}' % TURN, None),
    "single quotes": ("{'model':'echo','messages':[]}", None),
    "a comment": ('{"model":"echo",/* x */"messages":[%s]}' % TURN, None),
    "NaN": ('{"model":"echo","messages":[%s],"temperature":NaN}' % TURN, None),
    "a leading zero": ('{"model":"echo","messages":[%s],"seed":01}' % TURN, None),
    "a raw line end in a string": ('{"model":"echo","messages":[%s],"x":"a\nb"}' % TURN, None),
    "an unknown escape": ('{"model":"echo","messages":[%s],"x":"\\q"}' % TURN, None),
    "a byte order mark": ('\ufeff{"model":"echo","messages":[%s]}' % TURN, None),
}


def assert_bad_request(answer: httpx.Response, router, param: str | None) -> None:
    error = error_of(answer)
    assert answer.status_code == 400 and error["type"] == "invalid_request_error"
    assert error["param"] == param
    assert SECRET not in answer.text
    assert router.exchanges == []


@pytest.mark.parametrize("fault", MALFORMED)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_a_malformed_request_is_a_400_that_names_the_member(proxy, router, fault, stream):
    body, param = MALFORMED[fault]
    if stream:
        body = body.replace('{"model"', '{"stream":true,"model"', 1)
    assert_bad_request(post(proxy, body.encode()), router, param)


@pytest.mark.parametrize(
    "bytes_of_text",
    [
        b"\xff",
        b"\xc3\x28",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xc0\xaf",
        b"\xe2\x82",
        b"\xf8\x88\x80\x80\x80",
    ],
    ids=["0xff", "no continuation", "surrogate", "beyond Unicode", "overlong", "cut", "five bytes"],
)
def test_text_that_is_not_utf8_is_a_400(proxy, router, bytes_of_text):
    body = json.dumps(prompt("here: X")).encode().replace(b"X", bytes_of_text)
    assert_bad_request(post(proxy, body), router, None)


def test_utf16_is_a_400(proxy, router):
    assert_bad_request(post(proxy, json.dumps(prompt(SECRET)).encode("utf-16")), router, None)


@pytest.mark.parametrize("depth", [2_000, 100_000, 5_000_000])
@pytest.mark.parametrize("opening", ["[", '{"a":'], ids=["arrays", "objects"])
def test_nesting_without_end_is_a_400(proxy, router, depth, opening):
    depth = min(depth, 9 * MEBIBYTE // len(opening))
    body = '{"model":"echo","messages":[%s],"x":' % TURN + opening * depth
    assert_bad_request(post(proxy, body.encode()), router, None)


def test_sensible_nesting_is_fine(proxy, router):
    body = '{"model":"echo","messages":[%s],"x":%s1%s}' % (TURN, "[" * 60, "]" * 60)
    assert post(proxy, body.encode()).status_code == 200


def test_a_bad_request_is_the_sdks_bad_request_error(sdk, router):
    with pytest.raises(openai.BadRequestError) as raised:
        sdk.chat.completions.create(model="", messages="none")
    assert raised.value.param in ("model", "messages") and router.exchanges == []


def body_of(size: int) -> bytes:
    """A valid request of exactly so many bytes."""
    frame = json.dumps(prompt(""), separators=(",", ":")).encode()
    return frame.replace(b'"content":""', b'"content":"' + b"x" * (size - len(frame)) + b'"')


def test_ten_mebibytes_exactly_pass(proxy, router):
    router.will(says("read it all"))
    answer = post(proxy, body_of(10 * MEBIBYTE))
    assert answer.status_code == 200 and len(router.exchanges[0].plaintext) == 10 * MEBIBYTE


@pytest.mark.parametrize("size", [10 * MEBIBYTE + 1, 40 * MEBIBYTE])
@pytest.mark.parametrize("chunked", [False, True], ids=["with a length", "chunked"])
def test_more_than_ten_mebibytes_are_a_413(proxy, router, size, chunked):
    body = body_of(size)
    pieces = (body[i : i + MEBIBYTE] for i in range(0, size, MEBIBYTE)) if chunked else body
    answer = httpx.post(
        proxy.chat_url, content=pieces, headers={"content-type": "application/json"}, timeout=20
    )
    assert answer.status_code == 413 and error_of(answer)["type"] == "invalid_request_error"
    assert router.exchanges == []
    assert post(proxy, prompt("and on")).status_code == 200


def test_the_limit_is_the_configured_one(start_proxy, router):
    proxy = start_proxy(router, limits={"request": "64KiB"})
    assert post(proxy, body_of(64 << 10)).status_code == 200
    assert post(proxy, body_of((64 << 10) + 1)).status_code == 413


@pytest.mark.parametrize(
    "path", ["/nowhere", "/v1", "/v1/files", "/v1/audio/speech", "/v1/chat", "/v2/models"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_route_is_a_404_in_openais_shape(proxy, router, method, path):
    answer = httpx.request(method, proxy.url + path, timeout=5)
    assert answer.status_code == 404 and error_of(answer)["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    "method, path, allowed",
    [
        ("GET", "/v1/chat/completions", "POST"),
        ("DELETE", "/v1/chat/completions", "POST"),
        ("PUT", "/api/v1/chat/completions", "POST"),
        ("POST", "/v1/models", "GET"),
        ("DELETE", f"/v1/models/{MODEL}", "GET"),
        ("POST", "/readyz", "GET"),
        ("PATCH", "/healthz", "GET"),
    ],
)
def test_a_wrong_method_is_a_405_that_names_the_right_one(proxy, router, method, path, allowed):
    answer = httpx.request(method, proxy.url + path, timeout=5)
    assert answer.status_code == 405 and error_of(answer)
    assert allowed in [each.strip() for each in answer.headers["allow"].split(",")]


def test_what_cannot_be_embedded_is_said_at_once(proxy, router):
    with sdk_for(proxy) as client, pytest.raises(openai.APIStatusError) as raised:
        client.embeddings.create(model="any", input=SECRET)
    assert raised.value.status_code in (404, 501) and router.exchanges == []
    assert SECRET.encode() not in b"".join(each.body for each in router.others)


def test_after_all_that_the_process_still_serves(proxy, router):
    assert httpx.get(proxy.url + "/readyz", timeout=5).status_code == 200
    assert post(proxy, prompt("hello")).json()["choices"][0]["message"]["content"] == "hello"
