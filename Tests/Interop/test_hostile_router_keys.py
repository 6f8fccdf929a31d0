"""A router that shows no key that anybody should seal for."""

import gzip
import itertools

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from hostile_daemon import Hostile
from hostile_router import Behaviour

INTEGRITY = 502, "upstream_integrity"
REJECTED = 400, "upstream_invalid_request"


GENUINE = rsa.generate_private_key(65537, 4096).public_key()
PEM = GENUINE.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

def rejecting(hostile: Hostile, key_behaviour: Behaviour) -> None:
    """Makes the daemon look at the key with its next request: what it sealed is refused."""
    hostile.router.key_behaviour = key_behaviour
    hostile.router.behaviour = lambda wire: wire.answer(b'{"detail":"sealed for another key"}', "400 Bad Request")


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


def test_a_key_that_changes_with_each_look_costs_two_envelopes_and_no_more(hostile, server_keys):
    """With `router.trust` tls whatever key comes is taken, so the router could go on for ever."""
    keys = itertools.cycle([server_keys[1].public_key_pem, server_keys[0].public_key_pem])
    rejecting(hostile, lambda wire: wire.answer(next(keys).encode()))
    for _ in range(6):
        before = len(hostile.router.exchanges)
        hostile.refused(REJECTED, INTEGRITY)
        assert len(hostile.router.exchanges) <= before + 2
