"""What the caller wrote reaches the router byte for byte, except for what must not leave."""

import json

import pytest

from callers import post, prompt
from daemon import mark
from replies import says
from wire_text import members, read_stream

SPELLINGS = {
    "numbers": b'"temperature":1.0,"top_p":1e0,"x_a":1E+2,"x_b":-0,"x_c":0.10,"x_d":1e-007',
    "big integers": b'"seed":123456789012345678901234567890,"x_big":-9223372036854775809'
    + b',"x_long":0.1234567890123456789',
    "escaped slashes": rb'"x_url":"https:\/\/example.org\/a","x_plain":"https://example.org/a"',
    "escapes and raw text": rb'"x_e":"\u00e9\u00E9","x_pair":"\ud83d\ude00","x_ctl":"\u0000\u001F\b\f\t"'
    + ',"x_raw":"é😀\u2028\x7f"'.encode(),
    "lone surrogates": rb'"x_high":"\ud83d","x_low":"\ude00 and on","\ud800":1',
    "white space": b'  \n\t"temperature" : \t1.0 \r\n ,\n "x_list" : [ 1 ,  2,3 ] , "x_object":{ "a" :1 }  ',
    "unknown members": b'"x_future":{"deep":[{"deeper":[[[]]]}]},"":"empty name","x y":true',
    "nested nulls and doubles": b'"x_o":{"a":null,"b":[null]},"logit_bias":{"50256":-100,"11":1.50}',
    "nested namesakes": b'"x_o":{"stream":true,"api_key":"kept","store":1,"security_tier":"x","model":"y"}',
    "member order": b'"zebra":1,"top_p":1,"apple":2,"max_tokens":5,"mango":3',
    "a name with an escape": rb'"x\u005fnote":1,"x_\"quoted\"":2',
}
MESSAGES = b'"messages":[{"role":"user","content":"caf\\u00e9 \\/ caf\xc3\xa9"}]'


def sealed_text(router) -> bytes:
    """The text that the router found inside, without the padding around it."""
    [exchange] = router.exchanges
    return exchange.plaintext.strip(b" \t\r\n")


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("place", ["first", "last"])
def test_the_text_arrives_byte_for_byte(proxy, router, spelling, place):
    core = b'"model":"echo",' + MESSAGES
    parts = [SPELLINGS[spelling], core] if place == "first" else [core, SPELLINGS[spelling]]
    body = b"{" + b",".join(parts) + b"}"
    assert post(proxy, body).status_code == 200
    assert sealed_text(router) == body


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_members_that_go_leave_the_others_as_they_were(proxy, router, spelling):
    kept = b'"model" : "echo",' + MESSAGES + b"," + SPELLINGS[spelling]
    body = (
        b'{"stream":true , ' + kept + b', "stream_options":{"include_usage":true},"api_key":"sk-x",'
        b'"security_tier":"high"\n}'
    )
    stream = read_stream(proxy.chat_url, body)
    assert stream.status == 200 and stream.events[-1] == "[DONE]"
    assert members(sealed_text(router)) == members(b"{" + kept + b"}")


@pytest.mark.parametrize(
    "name, value",
    [
        ("stream", "false"),
        ("stream_options", '{"include_usage":true}'),
        ("security_tier", '"standard"'),
        ("api_key", '"sk-1"'),
        ("metadata", '{"run":"7"}'),
        ("safety_identifier", '"hash"'),
        ("session_id", '"s"'),
        ("prompt_cache_key", '"k"'),
        ("store", "true"),
        ("temperature", "null"),
        ("tools", "null"),
        ("x_any", "null"),
        ("stop", " null "),
    ],
)
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_member_that_must_go_is_gone(proxy, router, name, value, place):
    parts = ['"model":"echo"', MESSAGES.decode(), '"top_p":1.0']
    parts.insert({"first": 0, "middle": 2, "last": 3}[place], f'"{name}" : {value}')
    assert post(proxy, ("{" + " , ".join(parts) + "}").encode()).status_code == 200
    found = members(sealed_text(router))
    assert [key for key, _ in found] == ['"model"', '"messages"', '"top_p"']
    assert [text for _, text in found][1:] == [MESSAGES.decode().split(":", 1)[1], "1.0"]


def test_a_member_is_recognised_under_an_escaped_name(proxy, router):
    key = mark("caller")
    body = rb'{"model":"echo","\u0061pi_key":"%s","stor\u0065":true,' % key.encode() + MESSAGES + b"}"
    assert post(proxy, body).status_code == 200
    assert [name for name, _ in members(sealed_text(router))] == ['"model"', '"messages"']


def test_all_members_that_must_go_at_once_leave_a_whole_document(proxy, router):
    identity = mark("identity")
    gone = {name: identity for name in ("safety_identifier", "session_id", "prompt_cache_key", "api_key")}
    body = {
        "stop": None,
        **gone,
        **prompt("hello"),
        "metadata": {"id": identity},
        "store": False,
        "seed": None,
    }
    assert post(proxy, body).status_code == 200
    assert json.loads(sealed_text(router)) == prompt("hello")
    assert identity not in str(router.exchanges[0].headers)


def test_the_end_users_name_is_kept_because_it_is_documented(proxy, router):
    assert post(proxy, prompt("hello", user="someone")).status_code == 200
    assert router.exchanges[0].payload["user"] == "someone"


@pytest.mark.parametrize(
    "strip, left", [("none", {"user", "metadata", "store", "session_id"}), ("all", set())]
)
def test_what_identifies_is_stripped_as_configured(start_proxy, router, strip, left):
    proxy = start_proxy(router, privacy={"strip_identifiers": strip})
    identifiers = {"user": "u", "metadata": {"a": "b"}, "store": True, "session_id": "s"}
    assert post(proxy, prompt("hello", **identifiers)).status_code == 200
    assert set(router.exchanges[0].payload) - {"model", "messages"} == left


def test_a_response_format_arrives_byte_for_byte(proxy, router):
    wanted = (
        b'{ "json_schema":{"strict":true,"schema":{"properties":{"z":{"maximum":1.0},"a":{"const":1e2}},'
        b'"required":["z","a"],"type":"object"},"name":"n\\/m"},"type":"json_schema" }'
    )
    body = b'{"response_format":' + wanted + b',"model":"echo",' + MESSAGES + b',"stream":false}'
    assert post(proxy, body).status_code == 200
    assert dict(members(sealed_text(router)))['"response_format"'] == wanted.decode()


def test_image_parts_with_data_urls_arrive_byte_for_byte(proxy, router):
    parts = (
        b'[{"role":"user","content":[{"type":"text","text":"what is it?"},{"type":"image_url","image_url":'
        b'{"url":"data:image\\/png;base64,' + b"iVBORw0KGgo" * 1000 + b'","detail":"low"}}]}]'
    )
    router.will(says("a picture"))
    assert post(proxy, b'{"model":"echo","messages":' + parts + b"}").status_code == 200
    assert dict(members(sealed_text(router)))['"messages"'] == parts.decode()


def test_padding_is_white_space_after_or_before_the_document_only(proxy, router):
    body = json.dumps(prompt(mark("prompt"))).encode()
    assert post(proxy, body).status_code == 200
    before, found, after = router.exchanges[0].plaintext.partition(body)
    assert found == body and not before.strip(b" \t\r\n") and not after.strip(b" \t\r\n")
