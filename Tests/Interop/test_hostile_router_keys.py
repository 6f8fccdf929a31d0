"""A router that shows no key that anybody should seal for."""

import base64
import json
import textwrap
import time

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from callers import error_of, post, prompt
from daemon import Proxy, mark
from hostile_router import HostileRouter, Wire, encoded
from watching import memory


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
    "an even exponent": (document(MODULUS, 65536), "exponent"),
    "a negative exponent": (document(MODULUS, -65537), ""),
    "an exponent as long as the modulus": (document(MODULUS, MODULUS - 2), "exponent"),
    "an even modulus": (document(MODULUS - 1), ""),
    "a modulus with small factors": (document(MODULUS * 3 | 1 << 4095), ""),
    "a prime for a modulus": (document(mersenne(4423)), ""),
    "a square": (document(mersenne(2203) ** 2), ""),
    "a negative modulus": (document(-MODULUS), ""),
    "a modulus of zero": (document(0), ""),
    "a modulus of one": (document(1), ""),
    "512 bits": (document(mersenne(512)), "512"),
    "2048 bits": (document(mersenne(2048)), "2048"),
    "4095 bits": (document(MODULUS >> 1 | 1), "4095"),
    "8193 bits": (document(mersenne(8193)), "8193"),
    "15636 bits, which take seconds to look at": (document(mersenne(11213) * mersenne(4423)), "15636"),
    "16384 bits": (document(mersenne(16384)), "16384"),
    "320,000 bits": (document(mersenne(320_000)), ""),
    "an elliptic curve": (
        ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo), "RSA"),
    "RSA-PSS": (document(MODULUS, algorithm="06092a864886f70d01010a0500"), ""),
    "two keys": (PEM + PEM, "one"),
    "a certificate's label": (PEM.replace(b"PUBLIC KEY", b"CERTIFICATE"), ""),
    "a private key's label": (PEM.replace(b"PUBLIC KEY", b"PRIVATE KEY"), "private"),
    "a label with escapes": (PEM.replace(b"PUBLIC KEY", b"\x1b[2J KEY"), ""),
    "cut": (PEM[:500], ""),
    "no PEM": (base64.b64decode(b"".join(PEM.split(b"\n")[1:-2])), ""),
    "a page": (b"<html>-----BEGIN PUBLIC KEY-----</html>", ""),
    "a JSON text": (json.dumps(PEM.decode()).encode(), ""),
    "UTF-16": (PEM.decode().encode("utf-16"), ""),
    "zeros": (bytes(60_000), ""),
    "sixty thousand dashes": (b"-" * 60_000, ""),
    "ten thousand beginnings": (b"-----BEGIN A-----\n" * 3000, ""),
    "nothing": (b"", ""),
}


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_such_a_key_is_not_taken(start_strict, kind):
    text, word = DOCUMENTS[kind]
    answer, waited = start_strict(lambda wire: wire.answer(text))
    error = error_of(answer)
    assert answer.status_code == 502 and error["code"] == "upstream_integrity", error
    assert error["message"].isprintable() and len(error["message"]) < 700 and word in error["message"], error["message"]
    assert waited < 9


@pytest.fixture(scope="module")
def strict(server_keys):
    """A daemon that waits for its first key, before a router of its own."""
    router = HostileRouter(server_keys[0].public_key_pem).start()
    router.key_behaviour = lambda wire: wire.answer(b"no")
    changes = {"router": {"retries": 0, "trust": "tls"}, "keys": {"bits": 3072, "pool": 0}}
    proxy = Proxy(router.url, api_key=mark("key"), changes=changes)
    proxy.wait_until(proxy.url + "/healthz")
    proxy.keyed()
    yield router, proxy
    proxy.stop()
    router.stop()


@pytest.fixture
def start_strict(strict):
    """Shows a document until the daemon has looked at it; returns what a caller is told, and after how long."""
    router, proxy = strict

    def show(behaviour):
        seen = []

        def behave(wire: Wire) -> None:
            seen.append(wire)
            behaviour(wire)

        router.key_behaviour = behave
        began = time.monotonic()
        # A look that was under way before shows what was there before; the one after the first is of this document.
        while True:
            looks = len(seen)
            answer = post(proxy, prompt("no"), x_request_timeout="8")
            if looks and len(seen) >= looks and time.monotonic() - began > 0.2:
                break
        assert router.exchanges == []
        return answer, time.monotonic() - began

    yield show
    assert memory(proxy, "VmHWM") < 120
