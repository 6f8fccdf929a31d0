"""A small embedder on the loopback interface: OpenAI's route, vectors that can be foretold, and faults on demand."""

import base64
import hashlib
import http.server
import json
import socket
import struct
import threading
from dataclasses import dataclass


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def members(self) -> dict:
        return json.loads(self.body)


def vector(text: object, dimensions: int = 8) -> list[float]:
    """The vector of a text or a list of tokens: not representable in 32 bits, as real ones are not as text."""
    digest = hashlib.sha512(json.dumps(text).encode()).digest()
    return [(digest[place % 64] - 128) / 1000 for place in range(dimensions)]


def packed(numbers: list[float]) -> str:
    """As OpenAI packs them: little-endian 32-bit floats in base64."""
    return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()


def as_floats(numbers: list[float]) -> list[float]:
    """What is left of numbers when they have gone through 32 bits."""
    return list(struct.unpack(f"<{len(numbers)}f", struct.pack(f"<{len(numbers)}f", *numbers)))


class Embedder:
    """`knows_base64` says whether it heeds `encoding_format`; `reply` overrules what it answers."""

    def __init__(self, *, knows_base64: bool = False, port: int = 0):
        self.knows_base64 = knows_base64
        self.hold = threading.Event()
        self.gone = threading.Event()
        self.reset()
        self._connections: list[socket.socket] = []
        embedder = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                embedder._connections.append(self.connection)

            def do_POST(self):
                length = int(self.headers["content-length"])
                asked = Asked("POST", self.path, dict(self.headers.items()), self.rfile.read(length))
                embedder.asked.append(asked)
                while not embedder.hold.wait(0.02):
                    if self.has_left():
                        embedder.gone.set()
                        self.close_connection = True
                        return
                status, headers, body = embedder.reply or embedder.answer(asked)
                try:
                    self.send_response(status)
                    for name, value in ({"content-type": "application/json"} | headers).items():
                        self.send_header(name, value)
                    self.send_header("content-length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                    self.wfile.flush()
                except OSError:
                    embedder.gone.set()

            def has_left(self) -> bool:
                try:
                    return not self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
                except BlockingIOError:
                    return False
                except OSError:
                    return True

            def do_GET(self):
                embedder.asked.append(Asked("GET", self.path, dict(self.headers.items()), b""))
                self.send_error(405)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 256  # with the usual 5, connections of a burst are lost and made again after a second

        self._server = Server(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def reset(self) -> None:
        """Forgets what arrived and goes back to answering."""
        self.asked: list[Asked] = []
        self.reply: tuple[int, dict[str, str], bytes] | None = None
        self.hold.set()
        self.gone.clear()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def answer(self, asked: Asked) -> tuple[int, dict[str, str], bytes]:
        members = asked.members
        given = members["input"]
        inputs = given if isinstance(given, list) and not isinstance(given[0], int) else [given]
        vectors = [vector(each, members.get("dimensions", 8)) for each in inputs]
        wants_base64 = self.knows_base64 and members.get("encoding_format") == "base64"
        data = [
            {"object": "embedding", "index": index, "embedding": packed(each) if wants_base64 else each}
            for index, each in enumerate(vectors)
        ]
        tokens = {"prompt_tokens": len(inputs), "total_tokens": len(inputs)}
        body = {"object": "list", "data": data, "model": members["model"], "usage": tokens}
        return 200, {}, json.dumps(body).encode()

    def will(self, status: int, body: dict | bytes = b"", **headers: str) -> None:
        """Gives this answer to every request from now on."""
        body = json.dumps(body).encode() if isinstance(body, dict) else body
        self.reply = status, headers, body

    def stop(self) -> None:
        self.hold.set()
        self._server.shutdown()
        self._server.server_close()
        for connection in self._connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # closed already
