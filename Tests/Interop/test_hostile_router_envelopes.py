"""Every way in which an envelope can be wrong, sealed anew for the daemon that asked: PROTOCOL.md sections 2 and 7.

All of them look the same from outside, none is tried again, and nothing of what they say gets out. What is wrong with an
envelope that only a fixed key can show is in Tests/Vectors, which the Swift tests read.
"""

import base64
import json
import uuid

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from daemon import mark
from hostile_router import HONEST, OAEP, Wire, encoded
from replies import completion, message

INTEGRITY = 502, "upstream_integrity"
SAID = mark("answer")
ANSWER = json.dumps(completion(message(SAID))).encode()


def with_parts(**how):
    """An envelope that is sealed in another way."""
    return lambda wire: json.dumps(wire.sealed(ANSWER, **how)).encode()


def changed(change):
    """An honest envelope of which a part is changed before it is written."""

    def make(wire: Wire) -> bytes:
        envelope = wire.sealed(ANSWER)
        change(envelope)
        return json.dumps(envelope).encode()

    return make


def written(change):
    """An honest envelope whose text is changed."""
    return lambda wire: change(json.dumps(wire.sealed(ANSWER)).encode())


def inside(text):
    """An honest envelope around another text."""
    return lambda wire: json.dumps(wire.sealed(text(wire) if callable(text) else text)).encode()


def put(value, *path):
    def change(envelope):
        for name in path[:-1]:
            envelope = envelope[name]
        envelope[path[-1]] = value(envelope[path[-1]]) if callable(value) else value

    return changed(change)


def swapped(first, second):
    def change(envelope):
        payload = envelope["encrypted_payload"] | {"encrypted_aes_key": envelope["encrypted_aes_key"]}
        payload[first], payload[second] = payload[second], payload[first]
        envelope["encrypted_aes_key"] = payload.pop("encrypted_aes_key")
        envelope["encrypted_payload"] = payload

    return changed(change)


def without(*path):
    def change(envelope):
        for name in path[:-1]:
            envelope = envelope[name]
        del envelope[path[-1]]

    return changed(change)


NONCE, TAG = ("encrypted_payload", "nonce"), ("encrypted_payload", "tag")
TEXT, KEY = ("encrypted_payload", "ciphertext"), ("encrypted_aes_key",)
ENVELOPES = {
    **{f"version {value!r}": put(value, "version") for value in ["2.0", "1", "1.00", " 1.0", "1.0\0", 1.0, 1, None, ["1.0"], True]},
    **{
        f"algorithm {value!r}": put(value, "algorithm")
        for value in ["hybrid-aes256-rsa2048", "HYBRID-AES256-RSA4096", "none", "", None, {}, "hybrid-aes256-rsa4096 "]
    },
    **{f"key hint {value!r}": put(value, "key_algorithm") for value in ["RSA-OAEP", "rsa-oaep-sha256", "", None, 1, "none"]},
    **{f"payload hint {value!r}": put(value, "payload_algorithm") for value in ["AES-128-GCM", "AES-256-CBC", "", None, []]},
    **{f"no {path[-1]}": without(*path) for path in [("version",), ("algorithm",), ("encrypted_payload",), NONCE, TAG, TEXT, KEY]},
    **{
        f"{path[-1]} as {value!r}": put(value, *path)
        for path in [NONCE, TAG, TEXT, KEY]
        for value in [None, 7, [], {}, "", "=", "====", "\u00e9"]
    },
    **{f"payload as {value!r}": put(value, "encrypted_payload") for value in [None, "x", [], 7, {}]},
    **{f"a nonce of {count} bytes": put(encoded(bytes(count)), *NONCE) for count in [0, 1, 7, 8, 11, 13, 16, 32, 4096]},
    **{f"a tag of {count} bytes": put(lambda tag, count=count: encoded((base64.b64decode(tag) * 9)[:count]), *TAG)
       for count in [0, 1, 4, 8, 12, 15, 17, 32]},
    **{f"a key of {count} bytes": put(encoded(b"\1" * count), *KEY) for count in [0, 1, 255, 256, 383, 385, 512, 100_000]},
    **{f"base64 of {path[-1]} {kind}": put(change, *path) for path in [NONCE, TAG, TEXT, KEY] for kind, change in {
        "with a blank": lambda text: text[:4] + " " + text[4:],
        "in lines": lambda text: text[:8] + "\n" + text[8:],
        "after a line end": lambda text: text + "\n",
        "with a dash": lambda text: "-" + text[1:],
        "with text after it": lambda text: text + "AAAA=",
        "padded too much": lambda text: text + "====",
        "cut": lambda text: text[:-1],
        "with a zero": lambda text: text[:4] + "\0" + text[5:],
    }.items()},
    "nonce without padding bits": put(lambda text: text[:-1] + chr(ord(text[-1]) ^ 1) if text[-1] != "=" else "!", *TAG),
    "hexadecimal": put(lambda text: base64.b64decode(text).hex(), *TEXT),
    "nonce and tag swapped": swapped("nonce", "tag"),
    "text and key swapped": swapped("ciphertext", "encrypted_aes_key"),
    "tag and text swapped": swapped("tag", "ciphertext"),
    "a key of 128 bits": with_parts(key=bytes(16)),
    "a key of 192 bits": with_parts(key=bytes(24)),
    "a nonce that was used, of 8 bytes": with_parts(nonce=bytes(8)),
    "a nonce that was used, of 16 bytes": with_parts(nonce=bytes(16)),
    "a tag of 96 bits": with_parts(tag_bytes=12),
    "additional data": with_parts(aad=b"x"),
    "PKCS#1 v1.5": with_parts(wrapping=padding.PKCS1v15()),
    "OAEP with SHA-1": with_parts(wrapping=padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)),
    "OAEP with two hashes": with_parts(wrapping=padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA256(), None)),
    "OAEP with a label": with_parts(wrapping=padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), b"x")),
    "OAEP with SHA-512": with_parts(wrapping=padding.OAEP(padding.MGF1(hashes.SHA512()), hashes.SHA512(), None)),
    "nothing": written(lambda text: b""),
    "a blank": written(lambda text: b" "),
    "twice": written(lambda text: text + text),
    "something after it": written(lambda text: text + b"x"),
    "a zero after it": written(lambda text: text + b"\0"),
    "a comma after its last member": written(lambda text: text[:-1] + b",}"),
    "a comment": written(lambda text: b"/* */" + text),
    "single quotes": written(lambda text: text.replace(b'"', b"'")),
    "cut": written(lambda text: text[:-1]),
    "in a list": written(lambda text: b"[" + text + b"]"),
    "in a text": written(lambda text: json.dumps(text.decode()).encode()),
    "a byte order mark": written(lambda text: b"\xef\xbb\xbf" + text),
    "UTF-16": written(lambda text: text.decode().encode("utf-16")),
    "UTF-16 without a mark": written(lambda text: text.decode().encode("utf-16-le")),
    "UTF-32": written(lambda text: text.decode().encode("utf-32")),
    "no UTF-8": written(lambda text: text[:-1] + b',"x":"\xff"}'),
    "a surrogate in UTF-8": written(lambda text: text[:-1] + b',"x":"\xed\xa0\x80"}'),
    "an overlong zero": written(lambda text: text[:-1] + b',"x":"\xc0\x80"}'),
    "NaN": written(lambda text: text[:-1] + b',"x":NaN}'),
    "Infinity": written(lambda text: text[:-1] + b',"x":-Infinity}'),
    "a leading zero": written(lambda text: text[:-1] + b',"x":01}'),
    "a raw line end in a text": written(lambda text: text[:-1] + b',"x":"\n"}'),
    "a member twice": written(lambda text: text[:-1] + b', "version": "1.0"}'),
    "a member twice, escaped": written(lambda text: text[:-1] + b', "\\u0076ersion": "1.0"}'),
    "an unknown member twice": written(lambda text: text[:-1] + b', "x": 1, "x": 1}'),
    "a member of the payload twice": written(lambda text: text.replace(b'"nonce"', b'"tag": "AAAA", "nonce"')),
    "a hundred unknown members": written(lambda text: text[:-1] + b"".join(b',"x%d":0' % n for n in range(100)) + b"}"),
    "inside: nothing": inside(b""),
    "inside: a list": inside(b"[" + ANSWER + b"]"),
    "inside: a text": inside(json.dumps(SAID).encode()),
    "inside: null": inside(b"null"),
    "inside: twice": inside(ANSWER * 2),
    "inside: something after it": inside(ANSWER + b"x"),
    "inside: a byte order mark": inside(b"\xef\xbb\xbf" + ANSWER),
    "inside: UTF-16": inside(ANSWER.decode().encode("utf-16")),
    "inside: NaN": inside(ANSWER[:-1] + b',"x":NaN}'),
    "inside: no UTF-8": inside(ANSWER[:-1] + b',"x":"\xff"}'),
    "inside: a member twice": inside(ANSWER[:-1] + b',"choices":[]}'),
    "inside: metadata that is a text": inside(ANSWER[:-1] + b',"_metadata":"x"}'),
    "inside: metadata with a member twice": inside(ANSWER[:-1] + b',"_metadata":{"payload_id":"a","payload_id":"a"}}'),
    "inside: another request's id": inside(ANSWER[:-1] + b',"_metadata":{"payload_id":"%s"}}' % str(uuid.uuid4()).encode()),
    "inside: no id at all": inside(ANSWER[:-1] + b',"_metadata":{"payload_id":""}}'),
    "inside: the id in capitals": inside(
        lambda wire: ANSWER[:-1] + b',"_metadata":{"payload_id":"%s"}}' % wire.request.payload_id.upper().encode()),
    "inside: the id and more": inside(
        lambda wire: ANSWER[:-1] + b',"_metadata":{"payload_id":"%s "}}' % wire.request.payload_id.encode()),
    "inside: the request's own envelope": lambda wire: wire.request.body,
    "in clear": lambda wire: ANSWER,
    "in clear, beside the envelope": written(lambda text: text + b"\n" + ANSWER),
    "an envelope in an envelope": lambda wire: json.dumps(wire.sealed(json.dumps(wire.sealed(ANSWER)).encode())).encode(),
}


@pytest.mark.parametrize("kind", ENVELOPES)
def test_no_such_envelope_is_taken(hostile, kind):
    hostile.router.behaviour = lambda wire: wire.answer(ENVELOPES[kind](wire))
    begin = len(hostile.proxy.log())
    outcome = hostile.ask()
    assert SAID not in outcome.answer.text and SAID not in hostile.proxy.log()[begin:]
    if kind == "an envelope in an envelope":
        assert outcome.said == (502, "upstream_answer")  # authentic, and no completion
        return
    assert outcome.said == INTEGRITY, outcome.answer.text[:300]
    assert outcome.error["message"] == ONE_TEXT and outcome.answer.headers["x-should-retry"] == "false"
    assert len(hostile.router.exchanges) == 1


ONE_TEXT = (
    "The router's answer could not be verified, so nothing of it is passed on. If this lasts, something on the way changes "
    "answers or router.url leads to the wrong server; the log names the check that failed.")


def test_answers_of_others_are_refused(hostile):
    """Those to an earlier request, to another key, and parts of two honest answers put together."""
    kept = []

    def keep(wire):
        kept.append(wire.sealed(json.loads(ANSWER) | {"_metadata": {"payload_id": wire.request.payload_id}}))
        wire.answer(json.dumps(kept[-1]).encode())

    hostile.router.behaviour = keep
    assert hostile.ask().status == 200 and hostile.ask().status == 200
    first, second = kept
    mixtures = [first, second, first | {"encrypted_aes_key": second["encrypted_aes_key"]},
                first | {"encrypted_payload": second["encrypted_payload"]}]
    for name in ("nonce", "tag", "ciphertext"):
        mixtures.append(first | {"encrypted_payload": first["encrypted_payload"] | {name: second["encrypted_payload"][name]}})
    for mixture in mixtures:
        hostile.router.behaviour = lambda wire, mixture=mixture: wire.answer(json.dumps(mixture).encode())
        assert hostile.ask().said == INTEGRITY


def test_the_content_type_decides_nothing(hostile):
    types = ["text/html", "application/json; charset=utf-16", "multipart/form-data", "text/event-stream", "\xff", "", "image/png"]
    for kind in types:
        hostile.router.behaviour = lambda wire, kind=kind: wire.says(completion(message(HONEST)), f"Content-Type: {kind}")
        answer = hostile.ask().answer
        assert answer.status_code == 200 and answer.headers["content-type"] == "application/json"


def test_what_only_looks_odd_is_taken(hostile):
    """Other orders, white space and escapes are JSON, and unknown members are the scheme's to add."""
    def odd(wire):
        envelope = wire.sealed(completion(message(HONEST)), wrapping=OAEP)
        text = json.dumps(dict(reversed(envelope.items())), indent=9).replace("/", "\\/").replace("version", "\\u0076ersion")
        wire.answer(b" \r\n\t" + text[:-1].encode() + b',"x":[{}],"processed_at\\u0021":-1e999}\n')

    hostile.router.behaviour = odd
    assert hostile.ask().status == 200
