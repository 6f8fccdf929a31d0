"""Callers that say next to nothing or take next to nothing, the normal one beside them, and what the kernel knows of them."""

import http.client
import json
import pathlib
import socket
import threading
import time
from collections.abc import Iterator

from callers import PATIENCE, prompt
from daemon import Proxy
from http_shapes import get, head
from watching import until

DOCUMENT = get(b"/api/v1/openapi.json")
BODY = json.dumps(prompt("How long does this take? " * 40, model="echo"))
#: So long something may take to become so on a busy machine.
SECONDS = 60
#: Beginnings of requests, and what each goes on with, a byte at a time.
BEGINNINGS = [(b"", b""), (b"GET /healthz HTTP/1.1\r\nX-A: ", b"a"), (head(b"Content-Length: 9000"), b" ")]


def connect(port: int, receive_buffer: int | None = None) -> socket.socket:
    """A connection; with `receive_buffer`, one that has hardly room for what it does not read."""
    connection = socket.socket()
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.settimeout(PATIENCE)
    connection.connect(("127.0.0.1", port))
    return connection


def sockets() -> Iterator[tuple[int, int, str, int, int]]:
    """Both ports of each TCP socket, its state, and how many bytes are not sent on and not read yet.

    By the kernel's word (proc(5), /proc/net/tcp), so that nobody who is asked has to answer.
    """
    for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, state, queues, *_ = line.split()
        sent, received = queues.split(":")
        yield int(local[-4:], 16), int(remote[-4:], 16), state, int(sent, 16), int(received, 16)


def connections(port: int) -> dict[int, int]:
    """The connections that a listener has not closed by their callers' ports, and how much each caller has left lying."""
    return {
        caller: sent
        for local, caller, state, sent, _ in sockets()
        if local == port and state in ("01", "08")  # established, or closed by the caller only
    }


def unread(port: int) -> int:
    """How much callers have sent that a listener has not read yet; who waits to be accepted counts as well."""
    return sum(sent * (remote == port) + received * (local == port) for local, remote, _, sent, received in sockets())


class SlowCallers:
    """Some that send a byte now and then, or none, and some that read one now and then, or none, each on a connection."""

    def __init__(self, proxy: Proxy, senders: int, readers: int):
        self._proxy, self._ended = proxy, threading.Event()
        self._senders: list[tuple[socket.socket, bytes]] = []
        for number in range(senders):
            beginning, more = BEGINNINGS[number % len(BEGINNINGS)]
            sender = connect(proxy.port)
            sender.sendall(beginning)
            self._senders.append((sender, more))
        self._readers = [connect(proxy.port, 2048) for _ in range(readers)]
        for reader in self._readers:
            # Far more than the sockets of a connection hold.
            reader.sendall(DOCUMENT * 12)
        self._dripping = threading.Thread(target=self._drip)
        self._dripping.start()

    def _drip(self) -> None:
        """Each of them once in some two seconds, evenly."""
        everybody = [*self._senders, *((reader, None) for reader in self._readers)]
        while not self._ended.is_set():
            for number, (caller, more) in enumerate(everybody):
                try:
                    if more:
                        caller.send(more)
                    elif more is None and number % 2:
                        caller.recv(1)
                except OSError:
                    pass  # `held` knows.
                if number % 10 == 0 and self._ended.wait(0.02):
                    return

    def held(self) -> tuple[int, int]:
        """How many of the senders are connected, and how many readers have much lying."""
        now = connections(self._proxy.port)
        senders = sum(sender.getsockname()[1] in now for sender, _ in self._senders)
        return senders, sum(now.get(reader.getsockname()[1], 0) > 100_000 for reader in self._readers)

    def until_settled(self) -> None:
        """Waits until the daemon has done for each of them what it can."""
        normal = NormalCaller(self._proxy)
        assert until(lambda: self.held() == (len(self._senders), len(self._readers)), SECONDS), "not every slow caller is there"

        def is_settled() -> bool:
            # What is worked on for the readers is worked on before what is asked later.
            before = connections(self._proxy.port)
            time.sleep(0.3)
            normal.ask()
            return connections(self._proxy.port) == before

        assert until(is_settled, SECONDS), "the answers for slow readers grow without end"
        normal.close()

    def close(self) -> None:
        """All of them leave."""
        self._ended.set()
        self._dripping.join()
        for caller in [*(sender for sender, _ in self._senders), *self._readers]:
            caller.close()


class NormalCaller:
    """One that asks, reads its answer, and asks again on the same connection."""

    def __init__(self, proxy: Proxy):
        self._connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=PATIENCE)

    def ask(self) -> float:
        """The seconds until its answer is there."""
        began = time.perf_counter()
        self._connection.request("POST", "/v1/chat/completions", BODY, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        answer.read()
        took = time.perf_counter() - began
        assert answer.status == 200
        return took

    def close(self) -> None:
        self._connection.close()
