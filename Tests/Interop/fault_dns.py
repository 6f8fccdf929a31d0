"""A name server that fails on demand, and a nomyo-proxy that asks it and nobody else.

The proxy runs in a mount namespace of its own, whose /etc/resolv.conf names the server; that takes root.
"""

import functools
import os
import pathlib
import shutil
import socket
import struct
import threading

from daemon import Process, Proxy

NAME = "router.test"

#: What the server can do with a question: answer it; say that there is no such name (NXDOMAIN); say that it cannot
#: tell (SERVFAIL); answer late; never answer.
MODES = ("answers", "no such name", "fails", "late", "silent")

_RESPONSE, _NO_ERROR, _SERVER_FAILURE, _NO_SUCH_NAME = 0x8180, 0, 2, 3
_TYPE_A = 1
_LATE_SECONDS = 0.6
_ENTER = 'mount --bind "$1" /etc/resolv.conf && mount --bind "$2" /etc/nsswitch.conf && shift 2 && exec "$@"'


@functools.cache
def reason_to_skip() -> str | None:
    """Why this cannot be had here."""
    if os.geteuid() != 0:
        return "a resolver of the daemon's own takes root (a mount namespace, and port 53)"
    if not shutil.which("unshare"):
        return "unshare (util-linux) is not here"
    if os.system("unshare --mount true 2>/dev/null") != 0:
        return "mount namespaces are not allowed here"
    return None


class NameServer:
    """Answers questions for A records with 127.0.0.1, over UDP at port 53 of a loopback address of its own."""

    # Sessions that run at once often have neighbouring numbers.
    _addresses = iter(f"127.{64 + (os.getpid() >> 8 & 63)}.{os.getpid() & 255}.{number}" for number in range(1, 255))
    _lock = threading.Lock()

    def __init__(self):
        self.mode = "answers"
        self.questions = 0
        with NameServer._lock:
            self.address = next(NameServer._addresses)
        self._socket = socket.socket(type=socket.SOCK_DGRAM)
        self._socket.bind((self.address, 53))
        self._timers: list[threading.Timer] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._is_over = False

    def start(self) -> "NameServer":
        self._thread.start()
        return self

    def stop(self) -> None:
        self._is_over = True
        for timer in self._timers:
            timer.cancel()
        self._socket.sendto(b"", (self.address, 53))
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            question, asker = self._socket.recvfrom(512)
            if self._is_over:
                return
            self.questions += 1
            if self.mode == "late":
                self._timers.append(threading.Timer(_LATE_SECONDS, self._answer, (question, asker)))
                self._timers[-1].start()
            elif self.mode != "silent":
                self._answer(question, asker)

    def _answer(self, question: bytes, asker) -> None:
        end = question.index(b"\0", 12) + 5  # the name, its type and its class
        kind = int.from_bytes(question[end - 4 : end - 2])
        code = {"no such name": _NO_SUCH_NAME, "fails": _SERVER_FAILURE}.get(self.mode, _NO_ERROR)
        has_address = code == _NO_ERROR and kind == _TYPE_A
        head = struct.pack(">HHHHH", _RESPONSE | code, 1, has_address, 0, 0)
        # A pointer to the name of the question; class IN; good for no time at all.
        record = struct.pack(">HHHIH4s", 0xC00C, _TYPE_A, 1, 0, 4, socket.inet_aton("127.0.0.1"))
        self._socket.sendto(question[:2] + head + question[12:end] + (record if has_address else b""), asker)


class _InNamespace(Process):
    """A process with another resolver; `Proxy` asks for its start through the classes after it."""

    server: NameServer

    def __init__(self, name: str, arguments: list[str], directory: pathlib.Path, environment: dict[str, str]):
        resolver, order = directory / "resolv.conf", directory / "nsswitch.conf"
        resolver.write_text(f"nameserver {self.server.address}\noptions timeout:2 attempts:1\n")
        order.write_text("hosts: dns\n")
        enter = ["unshare", "--mount", "--propagation", "private", "sh", "-c", _ENTER]
        enter += ["sh", str(resolver), str(order)]
        super().__init__(name, [*enter, *arguments], directory, environment)


class NamedProxy(Proxy, _InNamespace):
    """`nomyo-proxy run` whose name server is this one."""

    def __init__(self, server: NameServer, router_url: str, **how):
        self.server = server
        super().__init__(router_url, **how)
