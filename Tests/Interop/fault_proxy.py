"""A TCP proxy between nomyo-proxy and a router that breaks things on demand, at a named moment of an exchange.

    way = FaultProxy(router.port).start()
    way.at("answer_body", "reset", after=10)   # from now on, ten bytes into the body of each answer
    way.heal()                                 # and no more
    way.refuse(), way.blackhole(), way.slow(Pace(latency=0.2)), way.break_all("vanish")

It follows the HTTP/1.1 messages that pass and knows by that where in an exchange it is; what begins like TLS is
passed on unread. Everything can be called from any thread and has happened when the call returns. No privileges
are needed.
"""

import asyncio
import random
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

from daemon import free_port
from fault_link import Link, Pace
from fault_wire import deafen, end_with_reset, hear_again

#: The moments at which a fault can be set off, `after` so many bytes:
#: - connect: the connection has been accepted, and nothing has passed
#: - tls: of what the router answers to the beginning of a TLS handshake
#: - key: of the answer to `GET /pki/public_key`
#: - request_body: of the body of a POST
#: - waiting: the answer to a POST is there, and nothing of it has passed
#: - answer_head, answer_body: of the head or the body of that answer
PHASES = ("connect", "tls", "key", "request_body", "waiting", "answer_head", "answer_body")

#: What can happen to a connection then:
#: - close: it ends in good order (FIN)
#: - reset: it ends with RST
#: - stall: nothing passes any more, but what is sent is acknowledged; `heal` lets it flow again
#: - vanish: nothing is even acknowledged, for good, as when a host or the state of a NAT on the way is gone
#: - a `Pace`: from here on everything passes slowly; `heal` ends that
ACTIONS = ("close", "reset", "stall", "vanish")

_PAYLOAD_ID = re.compile(rb"\r\nx-payload-id: *([^\r]+)", re.IGNORECASE)
_BACKLOG = 128


@dataclass
class Fault:
    """What is to happen at a phase, and how often; None is always."""

    action: str | Pace
    after: int = 0
    times: int | None = None


def _bound() -> socket.socket:
    """A socket on a port that stays bound while nobody listens, as only one does that was asked for by number."""
    while True:
        listener = socket.socket()
        listener.setblocking(False)
        try:
            listener.bind(("127.0.0.1", free_port()))
            # For `_listen`: closed connections must not stand in its way. Set before, this would share the port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            return listener
        except OSError:
            listener.close()  # somebody was faster


class FaultProxy:
    """The proxy, in a thread of its own."""

    def __init__(self, router_port: int, *, seed: int = 1, listening: bool = True):
        self.router_port, self.random = router_port, random.Random(seed)
        self.faults: dict[str, Fault] = {}
        self.pace = Pace()
        self.links: set[Link] = set()
        self.vanished: list[socket.socket] = []
        self.heads: list[bytes] = []  # of all requests that came, in order
        self.connections = 0
        self.hits = 0
        self._tasks: set[asyncio.Task] = set()
        self._listener = _bound()
        self.port = self._listener.getsockname()[1]
        self._is_listening = listening
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def payload_ids(self) -> list[bytes]:
        """Of every sealed request that began to pass."""
        return [found[1] for head in list(self.heads) if (found := _PAYLOAD_ID.search(head))]

    def start(self) -> "FaultProxy":
        self._thread.start()
        if self._is_listening:
            self._is_listening = False
            self._do(self._listen)
        return self

    def stop(self) -> None:
        """Ends every connection with RST."""

        def end() -> None:
            self._hang_up()
            self._listener.close()
            for link in list(self.links):
                link.end("reset")
            for connection in self.vanished:
                end_with_reset(connection)
            for task in self._tasks:
                task.cancel()

        self._do(end)
        self._do(lambda: None)  # one more turn, for what was cancelled
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    # Faults, all switched on until `heal`

    def at(self, phase: str, action: str | Pace, *, after: int = 0, times: int | None = None) -> None:
        """Sets a fault for a phase in place of the one that was set."""
        assert phase in PHASES and (isinstance(action, Pace) or action in ACTIONS)
        self._do(lambda: self.faults.__setitem__(phase, Fault(action, after, times)))

    def slow(self, pace: Pace) -> None:
        """Everything passes at this pace, on connections that stand and on new ones."""

        def set_pace() -> None:
            self.pace = pace
            for link in self.links:
                link.pace = pace

        self._do(set_pace)

    def break_all(self, action: str | Pace) -> int:
        """Something happens to every connection that stands; returns how many."""

        def suffer() -> int:
            links = list(self.links)
            for link in links:
                link.suffer(action)
            return len(links)

        return self._do(suffer)

    def refuse(self) -> None:
        """Nobody listens any more; connections that stand are left alone."""
        self._do(self._hang_up)

    def blackhole(self) -> None:
        """Nobody answers a SYN any more; connections that stand are left alone."""
        self._do(lambda: deafen(self._listener))

    def heal(self) -> None:
        """Switches everything off. What was closed stays closed, and what has vanished stays away."""

        def end() -> None:
            self.faults.clear()
            self.pace = Pace()
            for link in self.links:
                link.heal()
            try:
                hear_again(self._listener)
            except FileNotFoundError:
                pass  # it was not deaf
            self._listen()

        self._do(end)

    # For links

    def take_fault(self, phase: str) -> Fault | None:
        """The fault that happens now."""
        fault = self.faults.get(phase)
        if fault is None or fault.times == 0:
            return None
        if fault.times:
            fault.times -= 1
        self.hits += 1
        return fault

    def note(self, head: bytes) -> None:
        self.heads.append(head)

    def keep(self, task: asyncio.Task) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Inside

    def _do(self, action: Callable[[], object]) -> object:
        async def act() -> object:
            return action()

        return asyncio.run_coroutine_threadsafe(act(), self._loop).result(10)

    def _listen(self) -> None:
        if self._is_listening:
            return
        self._is_listening = True
        self._listener.listen(_BACKLOG)
        self._loop.add_reader(self._listener, self._accept)

    def _hang_up(self) -> None:
        if not self._is_listening:
            return
        self._is_listening = False
        self._loop.remove_reader(self._listener)
        # The socket stays bound, so that nobody else gets the port.
        self._listener.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        try:
            caller, _ = self._listener.accept()
        except OSError:
            return
        caller.setblocking(False)
        caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connections += 1
        self.links.add(Link(self, caller))
