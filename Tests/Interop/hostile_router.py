"""A router that means harm: what it says on the wire is the tests' to write, byte by byte.

Requests are read whole, then a behaviour gets the connection and does with it as it likes. Envelopes are sealed here
with the primitives of `cryptography`, so that each part of them can be wrong on its own. It serves each connection in a
thread, over TLS where it has a context.
"""

import base64
import contextlib
import json
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from received import Received
from replies import completion, message

OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
HONEST = "an honest answer"


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def envelope(
    plaintext: bytes,
    recipient: str,
    *,
    key: bytes | None = None,
    nonce: bytes | None = None,
    wrapping=OAEP,
    aad: bytes | None = None,
    tag_bytes: int = 16,
) -> dict:
    """A sealed answer in PROTOCOL.md section 2's form, or with a part of it made otherwise."""
    key, nonce = key or os.urandom(32), nonce or os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, plaintext, aad)
    public = serialization.load_pem_public_key(recipient.encode())
    return {
        "version": "1.0",
        "algorithm": "hybrid-aes256-rsa4096",
        "encrypted_payload": {
            "ciphertext": encoded(sealed[:-16]),
            "nonce": encoded(nonce),
            "tag": encoded(sealed[-16:][:tag_bytes]),
        },
        "encrypted_aes_key": encoded(public.encrypt(key, wrapping)),
        "key_algorithm": "RSA-OAEP-SHA256",
        "payload_algorithm": "AES-256-GCM",
        "processed_at": int(time.time()),
    }


class Wire:
    """One connection, at the moment when a whole request has come over it."""

    def __init__(self, connection: socket.socket, request: Received):
        self.connection, self.request = connection, request

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.connection.sendall(piece)

    def endlessly(self, piece: bytes, *, every: float = 0, at_most: int = 1 << 30) -> int:
        """Sends the same over and over until the caller hangs up; returns how many bytes it took."""
        sent = 0
        with contextlib.suppress(OSError):
            while sent < at_most:
                self.connection.sendall(piece)
                sent += len(piece)
                if every and self.left(every):
                    break
        return sent

    def left(self, seconds: float) -> bool:
        """Waits so long; true at once when the caller hangs up meanwhile."""
        self.connection.settimeout(seconds)
        try:
            return not self.connection.recv(1 << 16)
        except TimeoutError:
            return False
        except OSError:
            return True
        finally:
            self.connection.settimeout(None)

    def answer(self, body: bytes, status: str = "200 OK", *fields: str) -> None:
        """A well-formed answer."""
        lines = [f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}", "", ""]
        self.send("\r\n".join(lines).encode("latin-1") + body)

    def reset(self) -> None:
        """Ends the connection with RST."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.connection.close()

    def sealed(self, plaintext: bytes | dict, **how) -> dict:
        """The envelope with this text for whoever asked."""
        if isinstance(plaintext, dict):
            plaintext = json.dumps(plaintext).encode()
        return envelope(plaintext, self.request.caller_key, **how)

    def says(self, plaintext: bytes | dict, *fields: str, **how) -> None:
        """An honest envelope around whatever text."""
        self.answer(json.dumps(self.sealed(plaintext, **how)).encode(), "200 OK", *fields)


Behaviour = Callable[[Wire], None]


def honest(wire: Wire) -> None:
    """What a router should do; the connection ends with it, so that the next case has its own."""
    wire.says(completion(message(HONEST)), "Connection: close")


def raw(*pieces: bytes) -> Behaviour:
    """Says just this and hangs up."""
    return lambda wire: wire.send(*pieces)


class HostileRouter:
    """The listener. `behaviour` answers sealed requests, `key_behaviour` and `list_behaviour` the other two."""

    def __init__(self, public_key_pem: str, context: ssl.SSLContext | None = None):
        self.pem, self.context = public_key_pem, context
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._answering: set[socket.socket] = set()
        self.reset()

    @property
    def url(self) -> str:
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}"

    def reset(self) -> None:
        """Honest again, with nothing on record."""
        self.received: list[Received] = []
        self.accepted = 0
        self.on_connection: Callable[[socket.socket], None] | None = None
        self.behaviour: Behaviour = honest
        self.key_behaviour: Behaviour = lambda wire: wire.answer(self.pem.encode(), "200 OK", "Connection: close")
        self.list_behaviour: Behaviour = lambda wire: wire.answer(b'{"data":[{"id":"echo"}]}')

    def settle(self) -> None:
        """Waits for the ends of connections that are about to come, and not for long.

        Who asks before the end of the last connection is there uses it once more, and finds it broken.
        """
        deadline = time.monotonic() + 1
        while self._answering and time.monotonic() < deadline:
            time.sleep(0.001)

    @property
    def exchanges(self) -> list[Received]:
        return [each for each in self.received if each.target.endswith("/secure_completion")]

    def start(self) -> "HostileRouter":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in list(self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.accepted += 1
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        self._open.add(connection)
        raw_connection, number = connection, self.accepted
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.on_connection:
                return self.on_connection(connection)
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            for request in requests(connection, number):
                self._answering.add(raw_connection)
                self.received.append(request)
                kept = self.behaviour
                if request.target.endswith("/pki/public_key"):
                    kept = self.key_behaviour
                elif request.method == "GET":
                    kept = self.list_behaviour
                if kept(Wire(connection, request)) != "kept":
                    break
                self._answering.discard(raw_connection)
        except (OSError, ValueError):
            pass
        finally:
            self._open.discard(raw_connection)
            # Without it what is unread in the kernel turns the end into a reset, and bytes on the way are lost.
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_WR)
                self._answering.discard(raw_connection)
                connection.settimeout(0.2)
                while connection.recv(1 << 16):
                    pass
            connection.close()
            self._answering.discard(raw_connection)


def requests(connection: socket.socket, number: int) -> Iterator[Received]:
    """The requests that come over a connection, whole; libcurl announces their lengths."""
    pending = b""
    while True:
        while b"\r\n\r\n" not in pending:
            if not (more := connection.recv(1 << 16)):
                return
            pending += more
        head, _, pending = pending.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        fields = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        length = next((int(value) for name, value in fields if name.lower() == "content-length"), 0)
        body = bytearray(pending)
        while len(body) < length:
            if not (more := connection.recv(1 << 18)):
                return
            body += more
        pending = bytes(body[length:])
        yield Received(method, target, fields, bytes(body[:length]), number)


