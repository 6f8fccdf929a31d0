"""Connections that are not what they should be: TLS that is none, old, or somebody else's, and HTTP/2 out of order."""

import contextlib
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from fault_tls import Authority
from hostile_daemon import Hostile
from hostile_router import HostileRouter
from watching import descriptors

UNREACHABLE = 502, "upstream_unreachable"
INTEGRITY = 502, "upstream_integrity"
LATE = 504, "upstream_timeout"
PAUSED = 503, "upstream_unreachable"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tls"))


def context(certificate, **versions) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.set_ciphers("ALL:@SECLEVEL=0")
    made.minimum_version = versions.get("least", ssl.TLSVersion.TLSv1_2)
    made.maximum_version = versions.get("most", ssl.TLSVersion.TLSv1_3)
    made.load_cert_chain(certificate)
    return made


@pytest.fixture(scope="module")
def secured(server_keys, authority):
    """A daemon that reaches its router by TLS."""
    router = HostileRouter(server_keys[0].public_key_pem, context(authority.issue("good"))).start()
    hostile = Hostile(router, 2, router={"ca_file": str(authority.file), "allow_http": False, "connect_timeout": "1s"})
    hostile.good = router.context
    hostile.serves()
    hostile.at_first = descriptors(hostile.proxy)
    yield hostile
    hostile.stop()
    router.stop()


@pytest.fixture
def tls(secured):
    secured.router.context = secured.good
    with secured.case():
        yield secured
        secured.router.context = secured.good


def self_made(authority, name: str):
    """A certificate that vouches for itself, with whatever name and no other."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    text = authority._certificate(subject, key, x509.BasicConstraints(True, None)).public_bytes(serialization.Encoding.PEM)
    text += key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = authority.directory / f"self-{len(name)}.pem"
    file.write_bytes(text)
    return file


def says(*pieces: bytes, endlessly: bytes = b"", every: float = 0):
    """Reads the hello and says this instead of an answer to it."""

    def on_connection(connection: socket.socket) -> None:
        connection.recv(4096)
        for piece in pieces:
            connection.sendall(piece)
        stop = threading.Event()
        with contextlib.suppress(OSError):
            while endlessly:
                connection.sendall(endlessly)
                stop.wait(every)
        if not pieces:
            connection.settimeout(5)
            with contextlib.suppress(OSError):
                connection.recv(1)

    return on_connection


NO_TLS = {
    "HTTP in the clear": says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
    "a redirect in the clear": says(b"HTTP/1.1 301 Go\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"),
    "an alert": says(b"\x15\x03\x03\x00\x02\x02\x28"),
    "a warning, over and over": says(b"", endlessly=b"\x15\x03\x03\x00\x02\x01\x5a" * 1000),
    "zeros without end": says(b"", endlessly=bytes(65_536)),
    "an empty record, over and over": says(b"", endlessly=b"\x16\x03\x03\x00\x00" * 10_000),
    "the end": says(b"\0"),
    "a hello, a byte at a time": says(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03", endlessly=b"x", every=0.1),
    "a certificate without end": says(b"\x16\x03\x03\x3f\xff\x0b\xff\xff\xff", endlessly=b"x" * 65_536),
    "nothing": says(),
}


@pytest.mark.parametrize("kind", NO_TLS)
def test_what_is_no_tls_gets_nothing(tls, kind):
    tls.router.on_connection = NO_TLS[kind]
    outcome = tls.refused(UNREACHABLE, LATE, PAUSED, (504, "deadline_passed"), within=4)
    assert tls.router.received == [] and "x-api-key" not in outcome.answer.text.lower()


@pytest.mark.parametrize("most", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_versions_are_refused(tls, authority, most):
    tls.router.context = context(authority.issue("old"), least=ssl.TLSVersion.TLSv1, most=most)
    tls.refused(UNREACHABLE, LATE, PAUSED, within=4)
    assert tls.router.received == []


@pytest.mark.parametrize("kind", ["another address", "expired", "self-made", "hostile name", "unknown authority"])
def test_certificates_that_vouch_for_nothing(tls, authority, tmp_path, kind):
    files = {
        "another address": lambda: authority.issue("elsewhere", address="127.0.0.9"),
        "expired": lambda: authority.issue("expired", days=-1),
        "self-made": lambda: self_made(authority, "localhost"),
        "hostile name": lambda: self_made(authority, "\x1b[2J\r\nlevel=error forged " + "x" * 20),
        "unknown authority": lambda: Authority(tmp_path, "stranger").issue("unknown"),
    }
    tls.router.context = context(files[kind]())
    begin = len(tls.proxy.log())
    outcome = tls.refused(UNREACHABLE)
    assert tls.router.received == [] and "certificate" in outcome.error["message"]
    assert "forged" not in tls.proxy.log()[begin:]


# HTTP/2


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


DATA, HEADERS, RESET, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = 0, 1, 3, 4, 5, 6, 7, 8, 9
END_STREAM, END_HEADERS, ACK = 1, 4, 1
STATUS_200 = b"\x88"  # RFC 7541, appendix A


def literal(name: bytes, value: bytes) -> bytes:
    """A field that is written out (RFC 7541 section 6.2.2), short enough for lengths of one byte."""
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


MANY = literal(b"x-a", b"v" * 100)
OK_HEAD = frame(HEADERS, END_HEADERS, 1, STATUS_200)
#: Frames that are said once the request is there, and those that are said for ever after.
HTTP2 = {
    "goes away": ([frame(GOAWAY, 0, 0, bytes(8))], b""),
    "goes away in the answer": ([OK_HEAD, frame(GOAWAY, 0, 0, bytes(8))], b""),
    "resets the stream": ([frame(RESET, 0, 1, b"\0\0\0\2")], b""),
    "refuses the stream": ([frame(RESET, 0, 1, b"\0\0\0\7")], b""),
    "resets it in the body": ([OK_HEAD, frame(DATA, 0, 1, b"x"), frame(RESET, 0, 1, b"\0\0\0\2")], b""),
    "resets without end": ([], frame(RESET, 0, 1, b"\0\0\0\2") * 1000),
    "pings without end": ([], frame(PING, 0, 0, bytes(8)) * 1000),
    "settings without end": ([], frame(SETTINGS, 0, 0, b"\0\3\0\0\0\1") * 1000),
    "data without end": ([OK_HEAD], frame(DATA, 0, 1, b"x" * 16_384)),
    "data without a head": ([], frame(DATA, 0, 1, b"x" * 16_384)),
    "continuations without end": ([frame(HEADERS, 0, 1, STATUS_200)], frame(CONTINUATION, 0, 1, MANY * 100)),
    "empty continuations without end": ([frame(HEADERS, 0, 1, STATUS_200)], frame(CONTINUATION, 0, 1) * 1000),
    "heads without end": ([], frame(HEADERS, END_HEADERS, 1, literal(b":status", b"103") + MANY) * 100),
    "a list of a megabyte": (
        [frame(HEADERS, 0, 1, STATUS_200), *[frame(CONTINUATION, 0, 1, MANY * 100)] * 100, frame(CONTINUATION, END_HEADERS, 1)], b""),
    "a table that grows": (
        [frame(HEADERS, END_HEADERS, 1, STATUS_200 + b"\x40\x03x-a\x7d" + b"v" * 125 + b"\xbe" * 16_000)], b""),
    "pushes": ([frame(PUSH, END_HEADERS, 1, b"\0\0\0\2" + b"\x82\x84\x87")], b""),
    "no status": ([frame(HEADERS, END_HEADERS | END_STREAM, 1, MANY)], b""),
    "upper case": ([frame(HEADERS, END_HEADERS | END_STREAM, 1, STATUS_200 + literal(b"X-A", b"v"))], b""),
    "broken compression": ([frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\xff\xff\xff\xff\xff\xff\xff\xff")], b""),
    "a frame that is too large": ([b"\xff\xff\xff\0\0\0\0\0\1"], b"x" * 65_536),
    "a stream that nobody opened": ([frame(HEADERS, END_HEADERS, 99, STATUS_200)], b""),
    "a window beyond all numbers": ([frame(WINDOW, 0, 0, b"\x7f\xff\xff\xff")] * 2, b""),
    "text": ([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"], b""),
    "an empty answer": ([frame(HEADERS, END_HEADERS | END_STREAM, 1, STATUS_200)], b""),
    "nothing": ([], b""),
}


@pytest.fixture(scope="module")
def two(authority) -> ssl.SSLContext:
    made = context(authority.issue("two"))
    made.set_alpn_protocols(["h2"])
    return made


@pytest.mark.parametrize("kind", HTTP2)
def test_http2_out_of_order(tls, two, kind):
    first, ever = HTTP2[kind]
    arrived, connections = [], []

    def on_connection(connection: socket.socket) -> None:
        connections.append(connection := two.wrap_socket(connection, server_side=True))
        assert connection.selected_alpn_protocol() == "h2"
        connection.sendall(frame(SETTINGS, 0, 0))
        seen = b""
        # The body ends with a frame that says so, and is longer than anything else.
        while not (len(seen) > 900 and frame_ends_stream(seen)):
            seen += connection.recv(1 << 16)
        arrived.append(seen)
        connection.sendall(frame(SETTINGS, ACK, 0))
        for piece in first:
            connection.sendall(piece)
        connection.settimeout(5)
        with contextlib.suppress(OSError):
            while ever:
                connection.sendall(ever)
            while connection.recv(1 << 16):
                pass

    tls.router.on_connection = on_connection
    # Those in which libcurl is caught are stopped from outside, after a second of its work.
    tls.refused(UNREACHABLE, INTEGRITY, LATE, within=3, grace=8)
    assert len(arrived) == 1, "the request went out once"
    for each in connections:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


def flooding(two: ssl.SSLContext, piece: bytes, over: list[threading.Event]):
    """Answers the first request with a head, then says this for ever; notes for each connection that it was ended."""

    def on_connection(connection: socket.socket) -> None:
        over.append(ended := threading.Event())
        with contextlib.suppress(OSError):
            connection = two.wrap_socket(connection, server_side=True)
            connection.sendall(frame(SETTINGS, 0, 0))
            connection.recv(1 << 16)
            connection.sendall(frame(SETTINGS, ACK, 0) + OK_HEAD)
            while True:
                connection.sendall(piece)
        ended.set()

    return on_connection


EMPTY = frame(DATA, 0, 1)


def test_empty_frames_without_end_hold_nobody(tls, two):
    """libcurl reads them for as long as they come and looks at no clock; its connections are broken from outside."""
    over = []
    # A write of a megabyte: the reader, who sees to each frame, never gets to the end of what there is.
    tls.router.on_connection = flooding(two, EMPTY * 100_000, over)
    outcome = tls.refused(UNREACHABLE, INTEGRITY, within=60)
    assert outcome.seconds < 30, "long before the deadline"
    tls.serves()
    assert over and all(each.wait(10) for each in over)


def test_empty_frames_that_come_slowly_keep_no_connection(tls, two):
    """libcurl finds the time to end the request, and would put the next one on the same connection."""
    over = []
    tls.router.on_connection = flooding(two, EMPTY, over)
    tls.refused(UNREACHABLE, INTEGRITY, LATE, within=2.5, grace=8)
    tls.serves()
    assert over and all(each.wait(10) for each in over)


def frame_ends_stream(seen: bytes) -> bool:
    """Whether a DATA frame with END_STREAM is among the frames after the preface."""
    position = 24
    while position + 9 <= len(seen):
        length, kind, flags = int.from_bytes(seen[position : position + 3], "big"), seen[position + 3], seen[position + 4]
        position += 9 + length
        if kind == DATA and flags & END_STREAM and position <= len(seen):
            return True
    return False


def test_it_leaves_nothing_behind(secured):
    secured.leaves_nothing(secured.at_first)
