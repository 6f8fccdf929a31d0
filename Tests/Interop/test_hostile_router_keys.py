"""A router that shows no key that anybody should seal for."""

import base64
import gzip
import itertools
import textwrap
import time

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from hostile_daemon import Hostile
from hostile_router import Behaviour, encoded

INTEGRITY = 502, "upstream_integrity"
REJECTED = 400, "upstream_invalid_request"


def element(tag: int, content: bytes) -> bytes:
    """One element of DER."""
    length = len(content)
    if length >= 128:
        digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
        return bytes([tag, 0x80 | len(digits)]) + digits + content
    return bytes([tag, length]) + content


def integer(value: int) -> bytes:
    return element(2, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def document(modulus: int, exponent: int = 65537, algorithm: str = "06092a864886f70d0101010500") -> bytes:
    """A public key that no key generator makes."""
    key = element(0x30, integer(modulus) + integer(exponent))
    der = element(0x30, element(0x30, bytes.fromhex(algorithm)) + element(3, b"\0" + key))
    lines = "\n".join(textwrap.wrap(encoded(der), 64))
    return f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n".encode()


def mersenne(exponent: int) -> int:
    return (1 << exponent) - 1


GENUINE = rsa.generate_private_key(65537, 4096).public_key()
MODULUS = GENUINE.public_numbers().n
PEM = GENUINE.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

#: What is shown as the key, and a word of the reason.
DOCUMENTS = {
    "exponent 1": (document(MODULUS, 1), "exponent"),
    "exponent 3": (document(MODULUS, 3), "exponent"),
    "an exponent as long as the modulus": (document(MODULUS, MODULUS - 2), "exponent"),
    "an even modulus": (document(MODULUS - 1), ""),
    "a modulus with small factors": (document(3 * (MODULUS >> 1 | 1)), ""),
    "a prime for a modulus": (document(mersenne(4423)), ""),
    "a modulus of zero": (document(0), ""),
    "4095 bits": (document(MODULUS >> 1 | 1), "4095"),
    "8193 bits": (document(mersenne(8193)), "8193"),
    "15636 bits, which take seconds to look at": (document(mersenne(11213) * mersenne(4423)), "15636"),
    "320,000 bits": (document(mersenne(320_000)), ""),
    "an elliptic curve": (
        ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo), "RSA"),
    "RSA-PSS": (document(MODULUS, algorithm="06092a864886f70d01010a0500"), ""),
    "two keys": (PEM + PEM, "one"),
    "a label with escapes": (PEM.replace(b"PUBLIC KEY", b"\x1b[2J KEY"), ""),
    "a page": (b"<html>-----BEGIN PUBLIC KEY-----</html>", ""),
    "ten thousand beginnings": (b"-----BEGIN A-----\n" * 3000, ""),
}


def rejecting(hostile: Hostile, key_behaviour: Behaviour) -> None:
    """Makes the daemon look at the key with its next request: what it sealed is refused."""
    hostile.router.key_behaviour = key_behaviour
    refusal = b'{"detail":"sealed for another key"}'
    # Announced ends, here and below: the daemon asks again at once, and would come upon a connection that just ends.
    hostile.router.behaviour = lambda wire: wire.answer(refusal, "400 Bad Request", "Connection: close")


#: A fingerprint that no key has.
NOBODYS = "sha256/" + "A" * 43 + "="


def looks(hostile: Hostile) -> None:
    """Has the daemon look at the key now; to accept one that is not shown is refused after a look, whatever came before."""
    answer = hostile.proxy.admin("POST", "/trust/accept", json={"fingerprint": NOBODYS})
    assert answer.status_code == 409 and answer.json()["error"]["code"] == "not_shown", answer.text


@pytest.fixture(autouse=True)
def nothing_failed(hostile) -> None:
    """Failed looks become rarer, down to one in half a minute; one that brings a key ends that."""
    looks(hostile)


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_such_a_key_is_not_taken(hostile, kind):
    text, word = DOCUMENTS[kind]
    shown: list[bytes] = []
    rejecting(hostile, lambda wire: (shown.append(text), wire.answer(text, "200 OK", "Connection: close")))
    before = fingerprint(hostile)
    began = time.monotonic()
    looks(hostile)
    assert time.monotonic() - began < 8 and shown == [text]
    # What was found holds for the requests that come now; the known key stays in use.
    outcome = hostile.refused(INTEGRITY)
    assert word in outcome.error["message"], outcome.error
    assert outcome.seconds < 8 and fingerprint(hostile) == before


def fingerprint(hostile: Hostile) -> str:
    return hostile.proxy.admin("GET", "/status").json()["router_key"]["trusted"]["fingerprint"]


ENDLESS = {
    "a key of a hundred megabytes": lambda wire: wire.answer(PEM + b"x" * 100_000_000),
    "a key without end": lambda wire: (wire.send(b"HTTP/1.1 200 OK\r\n\r\n"), wire.endlessly(b"x" * 65_536)),
    "a key without end, compressed": lambda wire: wire.answer(
        gzip.compress(bytes(50_000_000)), "200 OK", "Content-Encoding: gzip"),
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_a_key_that_is_no_end_of_text_is_given_up(hostile, kind):
    rejecting(hostile, ENDLESS[kind])
    assert hostile.refused(REJECTED, INTEGRITY).seconds < 7
    assert any(request.target.endswith("/pki/public_key") for request in hostile.router.received)


def test_a_key_that_changes_with_each_look_costs_two_envelopes_and_no_more(hostile, server_keys):
    """With `router.trust` tls whatever key comes is taken, so the router could go on for ever."""
    keys = itertools.cycle([server_keys[1].public_key_pem, server_keys[0].public_key_pem])
    rejecting(hostile, lambda wire: wire.answer(next(keys).encode(), "200 OK", "Connection: close"))
    for _ in range(6):
        before = len(hostile.router.exchanges)
        hostile.refused(REJECTED, INTEGRITY)
        assert len(hostile.router.exchanges) <= before + 2
